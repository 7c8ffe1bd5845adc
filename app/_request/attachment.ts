/**
 * Content-Disposition that saves a download under `name` (RFC 6266): an ASCII fallback, then the real name
 * as UTF-8 (RFC 8187). Control characters and path separators cannot pass in either.
 */
export function attachment(name: string): string {
  const safe = name.toWellFormed().replace(/[\u0000-\u001f\u007f/\\]/g, '_') || 'download'
  const ascii = safe.replace(/[^\x20-\x7e]/g, '_').replace(/["%]/g, '_')
  // attr-char of RFC 8187 is narrower than what encodeURIComponent leaves alone
  const encoded = encodeURIComponent(safe).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
