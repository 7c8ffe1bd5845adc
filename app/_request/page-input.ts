/** What Next hands to a page. Its own generated `PageProps` exists only after a build, and tsc must not need one. */
export interface PageInput<P = Record<never, string>> {
  params: Promise<P>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}
