/**
 * The entity tags of If-Match and If-None-Match (RFC 9110 §13.1) without quotes. Weak tags lose their mark:
 * S3 has strong ones only, and proxies add the mark when they compress. Unquoted tags, which many S3 clients
 * send, are taken as they are.
 */
export function parseEtags(header: string | undefined): string[] | undefined {
  if (header === undefined) return undefined
  return header
    .split(',')
    .map(unquoteEtag)
    .filter((etag) => etag !== '')
}

export function unquoteEtag(text: string): string {
  return text
    .trim()
    .replace(/^W\//, '')
    .replace(/^"(.*)"$/, '$1')
}
