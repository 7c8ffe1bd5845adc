import type { PassphraseFrom, RootSettings } from '../../config-keys.ts'
import { remoteCipher } from '../providers/services-from-settings.ts'
import type { RemoteSettings } from '../providers/services-from-settings.ts'
import { CredentialRoot } from './credential.ts'
import { FileRoot } from './file.ts'
import { PassphraseWrapper } from './passphrase.ts'
import type { PassphraseOptions } from './passphrase.ts'
import { passphraseFromEnvironment, passphraseFromFile, passphraseFromStdin } from './passphrase-input.ts'
import type { PassphraseSurroundings } from './passphrase-input.ts'
import type { LoadPkcs11 } from './pkcs11-library.ts'
import { Pkcs11Wrapper } from './pkcs11.ts'
import { RemoteWrapper } from './remote.ts'
import type { RootSource } from './root-source.ts'
import { WrappedRoot } from './wrapped-root.ts'

/** What a source may reach besides its settings; the process's own in a running Coffer. */
export interface RootSurroundings extends PassphraseSurroundings {
  /** where pkcs11js comes from when not from node_modules */
  loadPkcs11?: LoadPkcs11
  /** see PassphraseOptions */
  scryptLogN?: number
}

/** The source that the settings name; nothing is opened yet. @throws StartError when a CA file cannot be read */
export function rootSource(settings: RootSettings, around: RootSurroundings): RootSource {
  switch (settings.driver) {
    case 'file':
      return new FileRoot(settings.path)
    case 'credential':
      return new CredentialRoot(settings)
    case 'passphrase': {
      const wrapper = new PassphraseWrapper({
        ...passphrase(settings.passphrase, around),
        ...(around.scryptLogN !== undefined && { logN: around.scryptLogN }),
      })
      return new WrappedRoot(settings.wrappedPath, wrapper)
    }
    case 'pkcs11':
      return new WrappedRoot(settings.wrappedPath, new Pkcs11Wrapper(settings.token, around.loadPkcs11))
    case 'vault': {
      const { wrappedPath, service } = settings
      return remoteRoot(wrappedPath, { type: 'vault', service }, service.address, around)
    }
    case 'aws-kms': {
      const { wrappedPath, service } = settings
      return remoteRoot(wrappedPath, { type: 'aws-kms', service }, service.endpoint, around)
    }
  }
}

/** The surroundings of this process. */
export function processSurroundings(warn: (message: string) => void): RootSurroundings {
  return { environment: process.env, stdin: process.stdin, warn }
}

function passphrase(from: PassphraseFrom, around: RootSurroundings): PassphraseOptions {
  switch (from.from) {
    case 'file':
      return passphraseFromFile(from.path)
    case 'stdin':
      return passphraseFromStdin(around)
    case 'environment':
      return passphraseFromEnvironment(around)
  }
}

function remoteRoot(
  path: string,
  settings: RemoteSettings,
  address: string,
  around: RootSurroundings,
): RootSource {
  const cipher = remoteCipher('root', settings, around.environment)
  const key = settings.service.key ?? ''
  const files = secretFiles(settings)
  return new WrappedRoot(path, new RemoteWrapper({ wrapper: settings.type, cipher, key, address, files }))
}

function secretFiles({ type, service }: RemoteSettings): string[] {
  if (type === 'aws-kms') return service.credentialsFile === undefined ? [] : [service.credentialsFile]
  return [service.login.kind === 'token' ? service.login.file : service.login.secretIdFile]
}
