/**
 * What a browser may do with what the console's port sends. Uploaded files come from the same origin as the
 * console, so no rule may allow a script merely because it comes from 'self'.
 */

const COMMON = {
  'default-src': "'self'",
  'base-uri': "'none'",
  // React and the component libraries set style attributes and insert style elements.
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' blob: data:",
  'media-src': "'self' blob:",
  'worker-src': "'self' blob:",
  'object-src': "'none'",
  'frame-src': "'none'",
  'frame-ancestors': "'none'",
  'form-action': "'self'",
}

/** For one page of the console: only scripts that carry this answer's nonce, and what those load. */
export function pagePolicy(nonce: string, development: boolean): string {
  // React's development build rebuilds stack traces of the server with eval.
  const scripts = `'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`
  return render({ ...COMMON, 'script-src': scripts })
}

/** For pages of a plain `next start`, where nobody makes a nonce: Next's inline scripts must be let through. */
export const PAGE_POLICY_WITHOUT_NONCE = render({ ...COMMON, 'script-src': "'self' 'unsafe-inline'" })

/** For objects and JSON: should a browser show them as a page, it is one of no origin that can do nothing. */
export const CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"

function render(directives: Record<string, string>): string {
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')
}
