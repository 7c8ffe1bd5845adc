/**
 * The peer's address, to count failed sign-ins by. `server.ts` puts it into this header and drops what a
 * client sent under its name; on a bare `next start` only Next's own X-Forwarded-For is left, whose last
 * entry is the nearest to us.
 */
export function remoteAddress(headers: Headers): string {
  return (
    headers.get('x-coffer-remote-address') ??
    headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ??
    'unknown'
  )
}
