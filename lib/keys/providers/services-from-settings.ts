import type { KeyServiceSettings } from '../../config-keys.ts'
import { watchProvider } from '../provider-health.ts'
import { StartError } from '../start-error.ts'
import { AwsKms } from './aws-kms.ts'
import { ExternalKeyProvider } from './external.ts'
import { PatientCalls } from './patient-calls.ts'
import type { NamedProvider } from './provider-registry.ts'
import type { RemoteCipher } from './remote-cipher.ts'
import { VaultTransit } from './vault-transit.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A key service as the settings describe it, called with patience. @throws StartError when its CA file cannot be read */
export function remoteCipher(name: string, settings: RemoteSettings, environment: Environment): PatientCalls {
  try {
    return new PatientCalls(driver(settings, environment))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new StartError(
      `The certificates of the key service ${name} (${settings.service.caFile ?? 'none'}) cannot be used (${code}).`,
      'Point its CA_FILE to a file of certificates in PEM that this account can read.',
    )
  }
}

/** The external key services of the settings; none is called yet, so that one that is away stops no start. */
export function externalProviders(
  settings: readonly KeyServiceSettings[],
  environment: Environment,
): NamedProvider[] {
  return settings.map((each) => {
    const { name, cacheSeconds, service } = each
    const cipher = remoteCipher(name, each, environment)
    const cacheMs = cacheSeconds * 1000
    const external = new ExternalKeyProvider({ name, cipher, sharedKey: service.key, cacheMs })
    return { name, ...watchProvider(external, Date.now) }
  })
}

export type RemoteSettings =
  | { type: 'vault'; service: Extract<KeyServiceSettings, { type: 'vault' }>['service'] }
  | { type: 'aws-kms'; service: Extract<KeyServiceSettings, { type: 'aws-kms' }>['service'] }

function driver(settings: RemoteSettings, environment: Environment): RemoteCipher {
  return settings.type === 'vault'
    ? new VaultTransit(settings.service)
    : new AwsKms({ ...settings.service, environment })
}
