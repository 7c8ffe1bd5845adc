const THIS_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Whether the page that sends this came over TLS, or from the browser's own machine. It is the browser's word, which
 * pages cannot forge (RFC 6454), about a secret of the very person who sits before it; a proxy that ends TLS and was not
 * declared is recognised by it, and one that speaks plain HTTP to the world is, too.
 */
export function isFromSafePage(headers: Headers): boolean {
  const origin = headers.get('origin')
  if (origin === null || !URL.canParse(origin)) return false
  const { protocol, hostname } = new URL(origin)
  return protocol === 'https:' || THIS_MACHINE.has(hostname)
}
