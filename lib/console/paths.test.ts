import { expect, test } from 'vitest'
import { endpoints, inProject, ownPage, pages, projectEndpoints, projectIn } from './paths.ts'

const KEY = 'a//b c/../ü%2F+&=.txt'

test('a page of a project keeps its own query', () => {
  expect(inProject(pages.bucket('b', 'a//ü'), 'p1')).toBe('/buckets/b?prefix=a%2F%2F%C3%BC&project=p1')
  expect(inProject(inProject(pages.buckets(), 'p1'), 'p2')).toBe('/buckets?project=p2')
  expect(inProject(pages.jobs(), undefined)).toBe('/jobs')
  expect(projectIn(inProject(pages.jobs(), 'p1'))).toBe('p1')
  expect([projectIn('/jobs'), projectIn('/jobs?project=')]).toEqual([undefined, undefined])
})

test('the site map', () => {
  const api = projectEndpoints('p1')
  expect({
    pages: [
      pages.signIn(),
      pages.signIn('/buckets/b?prefix=a%2F'),
      pages.welcome('t+/='),
      pages.buckets(),
      pages.bucket('b'),
      pages.bucket('b', 'a//'),
      pages.bucket('b', 'a//', {}, 'c/ü'),
      pages.bucketSettings('b'),
      pages.object('b', KEY),
      pages.object('b', KEY, 'v-1'),
      pages.keys(),
      pages.key('k'),
      pages.key('k', 'usage'),
      pages.jobs(),
      pages.job('j'),
      pages.accessKeys(),
      pages.members(),
      pages.audit(),
      pages.audit({ keyId: 'k' }),
      pages.backup(),
      pages.join('t+/='),
    ],
    api: [
      ...Object.values(endpoints).map((endpoint) => endpoint()),
      api.buckets(),
      api.bucket('b'),
      api.objects('b', { prefix: 'a/', after: KEY, limit: 5 }),
      api.object('b', { key: KEY }),
      api.object('b', { key: KEY, versionId: 'v-1' }),
      api.upload('b', { key: KEY, encryption: 'managed-key', suite: 'SM4' }),
      api.download('b', { key: KEY }),
      api.modifyEncryption('b'),
      api.objectWithKey('b'),
      api.downloadWithKey('b'),
      api.folder('b'),
      api.deleteObjects('b'),
      api.keys(),
      api.kmsAuthorization(),
      api.key('k'),
      api.key('k', 'import', { wrappingKeySpec: 'RSA_4096' }),
      api.jobs({ before: 'b' }),
      api.job('j'),
      api.job('j', 'results', { outcome: 'failed' }),
      api.accessKeys({ accessKeyId: 'k' }),
      api.audit({ action: 'kms:Decrypt', before: 7 }),
      api.auditExport({ format: 'csv' }),
      api.members(),
      api.member('u'),
      api.invitations(),
      api.invitation('i'),
    ],
  }).toMatchInlineSnapshot(`
    {
      "api": [
        "/api/session",
        "/api/welcome",
        "/api/me",
        "/api/invitation",
        "/api/roles",
        "/api/projects",
        "/api/backup",
        "/api/receipt-key",
        "/api/key-service",
        "/api/buckets?project=p1",
        "/api/buckets/b?project=p1",
        "/api/buckets/b/objects?project=p1&prefix=a%2F&after=a%2F%2Fb+c%2F..%2F%C3%BC%252F%2B%26%3D.txt&limit=5",
        "/api/buckets/b/object?project=p1&key=a%2F%2Fb+c%2F..%2F%C3%BC%252F%2B%26%3D.txt",
        "/api/buckets/b/object?project=p1&key=a%2F%2Fb+c%2F..%2F%C3%BC%252F%2B%26%3D.txt&versionId=v-1",
        "/api/buckets/b/upload?project=p1&key=a%2F%2Fb+c%2F..%2F%C3%BC%252F%2B%26%3D.txt&encryption=managed-key&suite=SM4",
        "/api/buckets/b/download?project=p1&key=a%2F%2Fb+c%2F..%2F%C3%BC%252F%2B%26%3D.txt",
        "/api/buckets/b/objects/encryption?project=p1",
        "/api/buckets/b/object-with-key?project=p1",
        "/api/buckets/b/download-with-key?project=p1",
        "/api/buckets/b/folder?project=p1",
        "/api/buckets/b/delete?project=p1",
        "/api/keys?project=p1",
        "/api/kms-authorization?project=p1",
        "/api/keys/k?project=p1",
        "/api/keys/k/import?project=p1&wrappingKeySpec=RSA_4096",
        "/api/jobs?project=p1&before=b",
        "/api/jobs/j?project=p1",
        "/api/jobs/j/results?project=p1&outcome=failed",
        "/api/access-keys?project=p1&accessKeyId=k",
        "/api/audit?project=p1&action=kms%3ADecrypt&before=7",
        "/api/audit/export?project=p1&format=csv",
        "/api/members?project=p1",
        "/api/members/u?project=p1",
        "/api/members/invitations?project=p1",
        "/api/members/invitations/i?project=p1",
      ],
      "pages": [
        "/sign-in",
        "/sign-in?next=%2Fbuckets%2Fb%3Fprefix%3Da%252F",
        "/welcome?token=t%2B%2F%3D",
        "/buckets",
        "/buckets/b",
        "/buckets/b?prefix=a%2F%2F",
        "/buckets/b?prefix=a%2F%2F&search=c%2F%C3%BC",
        "/buckets/b/settings",
        "/buckets/b/object?key=a%2F%2Fb+c%2F..%2F%C3%BC%252F%2B%26%3D.txt",
        "/buckets/b/object?key=a%2F%2Fb+c%2F..%2F%C3%BC%252F%2B%26%3D.txt&versionId=v-1",
        "/keys",
        "/keys/k",
        "/keys/k?tab=usage",
        "/jobs",
        "/jobs/j",
        "/access-keys",
        "/members",
        "/audit",
        "/audit?keyId=k",
        "/backup",
        "/join?token=t%2B%2F%3D",
      ],
    }
  `)
})

test('a key survives its journey', () => {
  const url = new URL(pages.object('b', KEY), 'http://console.invalid')
  expect(url.searchParams.get('key')).toBe(KEY)
})

test.each([
  ['/buckets/b?prefix=a%2F', '/buckets/b?prefix=a%2F'],
  ['//evil.example', '/buckets'],
  ['/\\evil.example', '/buckets'],
  ['/\t/evil.example', '/buckets'],
  ['https://evil.example', '/buckets'],
  ['javascript:alert(1)', '/buckets'],
  ['/.//evil.example', '/buckets'],
  ['/buckets/..//evil.example', '/buckets'],
  ['/\t/', '/buckets'],
  ['buckets', '/buckets'],
  [null, '/buckets'],
])('after signing in, %s leads to %s', (next, path) => expect(ownPage(next)).toBe(path))
