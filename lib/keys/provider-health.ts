import type { KeyProvider } from './key-provider.ts'

/** Since when a key service does not answer, ms since the epoch; undefined: it does, as far as anybody asked. */
export interface KeyHealth {
  since: number | undefined
}

/**
 * A provider that remembers when it went away (KeyServiceUnavailable) and that it came back. Every call is a look,
 * so nothing has to be asked for the sake of asking.
 */
export function watchProvider(
  inner: KeyProvider,
  now: () => number,
): { provider: KeyProvider; health: () => KeyHealth } {
  let since: number | undefined
  const watched = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const result = await work
      since = undefined
      return result
    } catch (error) {
      if (isAway(error)) since ??= now()
      // Any other answer is an answer.
      else since = undefined
      throw error
    }
  }
  const { importKeyVersion } = inner
  const provider: KeyProvider = {
    createKeyVersion: (version) => watched(inner.createKeyVersion(version)),
    ...(importKeyVersion && {
      importKeyVersion: (version, material) => watched(importKeyVersion.call(inner, version, material)),
    }),
    wrapDataKey: (...args) => watched(inner.wrapDataKey(...args)),
    unwrapDataKey: (...args) => watched(inner.unwrapDataKey(...args)),
    forget: (keyId) => inner.forget(keyId),
  }
  return { provider, health: () => ({ since }) }
}

function isAway(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'KeyServiceUnavailable'
}
