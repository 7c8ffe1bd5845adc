import { filterQuery, type ObjectFilter } from './object-filter.ts'
import type { ObjectAt } from './schemas.ts'

/** Only to read what stands behind it */
const BASE = 'http://console.invalid'

/**
 * The only maker of addresses, of pages and of the API. Object keys travel as query values, so that no
 * router folds `//`, `..` or `%2F` in them.
 */
type Query = Record<string, string | number | undefined>

function at(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return text ? `${path}?${text}` : path
}

const name = encodeURIComponent

const KEY_TABS = ['access', 'usage', 'timeline'] as const
export type KeyTab = (typeof KEY_TABS)[number]

export function isKeyTab(value: unknown): value is KeyTab {
  return KEY_TABS.includes(value as KeyTab)
}

export const pages = {
  signIn: (next?: string) => at('/sign-in', { next }),
  welcome: (token: string) => at('/welcome', { token }),
  buckets: () => '/buckets',
  /** with a filter: what it leaves of everything below the prefix; with a search: of that, what begins with it */
  bucket: (bucket: string, prefix?: string, filter: ObjectFilter = {}, search?: string) =>
    at(`/buckets/${name(bucket)}`, { prefix, ...filterQuery(filter), search }),
  bucketSettings: (bucket: string) => `/buckets/${name(bucket)}/settings`,
  /** with a version's id: that version, current or not */
  object: (bucket: string, key: string, versionId?: string) =>
    at(`/buckets/${name(bucket)}/object`, { key, versionId }),
  keys: () => '/keys',
  /** without a tab: the overview */
  key: (keyId: string, tab?: KeyTab) => at(`/keys/${name(keyId)}`, { tab }),
  jobs: () => '/jobs',
  job: (jobId: string) => `/jobs/${name(jobId)}`,
  accessKeys: () => '/access-keys',
  members: () => '/members',
  audit: (query: Query = {}) => at('/audit', query),
  integrity: () => '/integrity',
  backup: () => '/backup',
  /** a one-time link into a project */
  join: (token: string) => at('/join', { token }),
}

export const endpoints = {
  session: () => '/api/session',
  welcome: () => '/api/welcome',
  /** in the project of the page; without one, in the project that was chosen last */
  me: (project?: string) => at('/api/me', { project }),
  invitation: (query: Query = {}) => at('/api/invitation', query),
  roles: () => '/api/roles',
  projects: () => '/api/projects',
  backup: () => '/api/backup',
  receiptKey: () => '/api/receipt-key',
  keyService: () => '/api/key-service',
}

/** The address of a page as it is in a project: what is opened elsewhere, or by somebody else, is of the same one. */
export function inProject(page: string, projectId: string | undefined): string {
  if (projectId === undefined) return page
  const { pathname, searchParams } = new URL(page, BASE)
  searchParams.set('project', projectId)
  return `${pathname}?${searchParams.toString()}`
}

/** What belongs to a key, each with an address of its own. */
type KeyResource =
  'access' | 'aliases' | 'deletion' | 'grants' | 'import' | 'policy' | 'rotation' | 'tags' | 'usage'

type JobResource = 'actions' | 'undo' | 'results' | 'report'

/** Addresses of the API within a project: each request says which one, so that two tabs can differ. */
export function projectEndpoints(project: string) {
  const bucket = (bucket: string, rest = '', query: Query = {}) =>
    at(`/api/buckets/${name(bucket)}${rest}`, { project, ...query })
  return {
    buckets: () => at('/api/buckets', { project }),
    bucket: (of: string) => bucket(of),
    objects: (of: string, query: Query) => bucket(of, '/objects', query),
    object: (of: string, { key, versionId }: ObjectAt) => bucket(of, '/object', { key, versionId }),
    upload: (of: string, query: Query) => bucket(of, '/upload', query),
    partUploads: (of: string) => bucket(of, '/uploads'),
    partUpload: (of: string, uploadId: string, query: { key?: string; part?: number } = {}) =>
      bucket(of, `/uploads/${name(uploadId)}`, query),
    download: (of: string, { key, versionId }: ObjectAt) => bucket(of, '/download', { key, versionId }),
    modifyEncryption: (of: string) => bucket(of, '/objects/encryption'),
    objectWithKey: (of: string) => bucket(of, '/object-with-key'),
    downloadWithKey: (of: string) => bucket(of, '/download-with-key'),
    folder: (of: string) => bucket(of, '/folder'),
    bucketAcl: (of: string) => bucket(of, '/acl'),
    objectAcl: (of: string, key?: string) => bucket(of, '/object-acl', key === undefined ? {} : { key }),
    deleteObjects: (of: string) => bucket(of, '/delete'),
    keys: (query: Query = {}) => at('/api/keys', { project, ...query }),
    key: (of: string, rest: KeyResource | '' = '', query: Query = {}) =>
      at(`/api/keys/${name(of)}${rest && `/${rest}`}`, { project, ...query }),
    jobs: (query: Query = {}) => at('/api/jobs', { project, ...query }),
    job: (of: string, rest: JobResource | '' = '', query: Query = {}) =>
      at(`/api/jobs/${name(of)}${rest && `/${rest}`}`, { project, ...query }),
    kmsAuthorization: () => at('/api/kms-authorization', { project }),
    accessKeys: (query: Query = {}) => at('/api/access-keys', { project, ...query }),
    proof: (of: string, query: Query = {}) => bucket(of, '/proof', query),
    integrity: () => at('/api/integrity', { project }),
    findings: (query: Query) => at('/api/integrity/findings', { project, ...query }),
    coverage: (query: Query) => at('/api/coverage', { project, ...query }),
    audit: (query: Query = {}) => at('/api/audit', { project, ...query }),
    auditExport: (query: Query) => at('/api/audit/export', { project, ...query }),
    members: () => at('/api/members', { project }),
    member: (userId: string) => at(`/api/members/${name(userId)}`, { project }),
    invitations: () => at('/api/members/invitations', { project }),
    invitation: (id: string) => at(`/api/members/invitations/${name(id)}`, { project }),
  }
}

/**
 * The page that an address of unknown origin means, else the first one: never one of another host (open redirect), which
 * a browser reads in `//host`, and in what becomes that once it is resolved (`/.//host`).
 */
export function ownPage(address: string | null | undefined): string {
  if (!address?.startsWith('/') || !URL.canParse(address, BASE)) return pages.buckets()
  const { origin, pathname, search } = new URL(address, BASE)
  return origin === BASE && !pathname.startsWith('//') ? pathname + search : pages.buckets()
}

/** The project that the address of a page names. */
export function projectIn(page: string): string | undefined {
  return new URL(page, BASE).searchParams.get('project') || undefined
}
