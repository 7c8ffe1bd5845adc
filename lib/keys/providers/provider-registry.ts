import { StoreError } from '../../errors.ts'
import type { KeyProvider, KeyVersionName } from '../key-provider.ts'
import type { KeyHealth } from '../provider-health.ts'

/** What `kms_key.provider` says of keys whose material lies in the database, wrapped by the root. */
export const EMBEDDED = 'embedded'

export interface NamedProvider {
  name: string
  provider: KeyProvider
  health: () => KeyHealth
}

/** An external key service as a person sees it; `health` as of the last call to it. */
export interface KeyServiceHealth extends KeyHealth {
  name: string
}

export interface ProviderRegistry {
  /** asks the provider that a version names */
  provider: KeyProvider
  /** of external key services */
  names: readonly string[]
  /** of external key services, in the order of the settings */
  health: () => KeyServiceHealth[]
}

/** All providers as one. A key whose service is not configured (any more) is unavailable, not unknown. */
export function providerRegistry(
  embedded: KeyProvider,
  services: readonly NamedProvider[],
): ProviderRegistry {
  const byName = new Map(services.map(({ name, provider }) => [name, provider]))
  const of = ({ provider = EMBEDDED }: Pick<KeyVersionName, 'provider'>): KeyProvider => {
    const found = provider === EMBEDDED ? embedded : byName.get(provider)
    if (found === undefined) throw notConfigured(provider)
    return found
  }
  return {
    names: services.map(({ name }) => name),
    health: () => services.map(({ name, health }) => ({ name, ...health() })),
    provider: {
      createKeyVersion: async (version) => of(version).createKeyVersion(version),
      importKeyVersion: async (version, material) => {
        const provider = of(version)
        if (provider.importKeyVersion !== undefined) return provider.importKeyVersion(version, material)
        throw new StoreError('InvalidArgument', 'The key service takes no material from outside', {
          argument: 'provider',
        })
      },
      wrapDataKey: async (version, ...rest) => of(version).wrapDataKey(version, ...rest),
      unwrapDataKey: async (version, ...rest) => of(version).unwrapDataKey(version, ...rest),
      forget: (keyId) => {
        embedded.forget(keyId)
        for (const { provider } of services) provider.forget(keyId)
      },
    },
  }
}

function notConfigured(service: string): StoreError {
  return new StoreError(
    'KeyServiceUnavailable',
    `The key service ${service} is not among COFFER_KEY_SERVICES.`,
    { service },
  )
}
