const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request may change something on behalf of the cookie it carries: only pages of this very
 * console may ask (cross-site request forgery; SameSite=Lax alone still lets sibling hosts in).
 * Browsers send Sec-Fetch-Site on https and localhost, and Origin with every unsafe method everywhere;
 * a request with neither is refused.
 */
export function mayChange(method: string, headers: Headers, ownOrigin: string): boolean {
  if (SAFE_METHODS.has(method)) return true
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin'
  const origin = headers.get('origin')
  if (origin === null || !URL.canParse(origin)) return false
  return origin === ownOrigin || new URL(origin).host === headers.get('host')
}
