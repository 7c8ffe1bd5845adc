import type { KeyProvider } from './key-provider.ts'

/** What is known of a key service from the calls to it; ms since the epoch. */
export interface KeyHealth {
  /** since when it does not answer; undefined: it does, as far as anybody asked */
  since: number | undefined
  /** since when it answers; undefined: it does not, or nobody asked yet */
  availableSince: number | undefined
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
  let availableSince: number | undefined
  const answered = (): void => {
    since = undefined
    availableSince ??= now()
  }
  const failed = (): void => {
    since ??= now()
    availableSince = undefined
  }
  const watched = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const result = await work
      answered()
      return result
    } catch (error) {
      if (isAway(error)) failed()
      // Any other answer is an answer.
      else answered()
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
  return { provider, health: () => ({ since, availableSince }) }
}

function isAway(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'KeyServiceUnavailable'
}
