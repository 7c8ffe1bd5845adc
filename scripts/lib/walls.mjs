/**
 * The walls of the house as lint rules (ARCHITECTURE.md, "Rooms and arrows"): who may import whom, and why
 * not. One table of rooms; from it one rule a room. Tests may reach further, as they wire real parts together.
 */

const TESTS = [
  '**/*.test.ts',
  '**/*.test.tsx',
  '**/*.test-support.ts',
  '**/testing/**',
  '**/*conformance*.ts',
]

/** Each room of lib, what it may import besides itself, what only as types, and why not the rest. */
const ROOMS = [
  {
    room: 'crypto',
    may: [],
    why: 'crypto is pure bytes: it must stay reviewable without knowing the rest of the house',
  },
  {
    room: 'blobs',
    may: [],
    why: 'a blob store holds bytes under ids and knows nothing of encryption, names or owners',
  },
  {
    room: 'accounts',
    may: ['policy', 'audit'],
    types: ['store'],
    why: 'who somebody is does not depend on what is stored; it asks a repository and a sealer',
  },
  {
    room: 'policy',
    may: [],
    types: ['store'],
    why: 'a rule is judged from the question alone: it looks nothing up',
  },
  { room: 'audit', may: [], why: 'the log records what others did and decides nothing' },
  {
    room: 'kms',
    may: ['crypto', 'keys', 'policy', 'audit'],
    types: ['store'],
    why: 'the key service knows keys and who may use them, never an object or a dialect',
  },
  { room: 'keys', may: ['crypto'], why: 'keys wrap keys; they know no object, no request and no database' },
  {
    room: 'backup',
    may: ['crypto', 'keys'],
    types: ['store'],
    why: 'a backup must open without a server: from bytes, rows and blobs alone',
  },
  {
    room: 'store',
    may: ['crypto', 'keys', 'blobs', 'policy', 'audit'],
    why: 'the domain learns neither which vendor asked nor which database answers',
  },
  {
    room: 'dialects',
    may: ['store'],
    types: ['accounts', 'keys', 'kms'],
    why: 'a dialect spells operations of the store and does nothing itself',
  },
  {
    room: 'jobs',
    may: ['store', 'keys', 'blobs', 'kms', 'audit'],
    why: 'a job works through the same interfaces as a request',
  },
  {
    room: 'batch',
    may: ['store', 'policy', 'audit', 'accounts'],
    types: ['keys', 'crypto'],
    why: 'a job changes objects as a member would, through the operations of the store',
  },
  {
    room: 'proof',
    may: ['accounts', 'policy'],
    types: ['audit', 'jobs', 'keys', 'store'],
    why: 'a receipt says what a check found, and signs it; it checks nothing itself',
  },
  {
    room: 'db',
    may: [],
    types: [
      'store',
      'keys',
      'kms',
      'policy',
      'audit',
      'accounts',
      'jobs',
      'batch',
      'crypto',
      'backup',
      'proof',
    ],
    why: 'the database implements interfaces that other rooms declare, and decides nothing',
  },
  {
    room: 'ports',
    may: ['dialects'],
    why: 'a listener adapts requests and starts and stops; it calls only what it is given',
  },
  {
    room: 'console',
    may: ['i18n'],
    types: ['store', 'kms', 'policy', 'audit'],
    why: 'it runs in the browser: nothing of the server may come with it',
  },
  { room: 'i18n', may: [], why: 'it runs in the browser: nothing of the server may come with it' },
]

const NAMES = ROOMS.map(({ room }) => room)
/** Files of lib itself that make the whole or start it. */
const ROOT = 'system|start-here|start-from-sources'

const FRAMEWORKS = {
  regex: '^(next|react|react-dom|next-intl|next-themes)(/|$)',
  message: 'lib must still be a complete object store if Next and React disappeared.',
}
const DATABASE = {
  regex: '^(@prisma/|prisma(/|$)|better-sqlite3)|/db/generated/',
  message: 'Only lib/db speaks to the database: one writer, one copy of SQLite, one place for SQL.',
}
const VENDORS = {
  regex: '^(@aws-sdk/|@smithy/|minio$|ali-oss$|cos-)',
  message: 'Vendor SDKs belong to key providers and upstream stores: the core speaks to no vendor.',
}
const NODE = { regex: '^node:', message: 'This runs in the browser, which has no Node.' }

function roomRule({ room, may, types = [], why }) {
  const closed = NAMES.filter((name) => name !== room && !may.includes(name) && !types.includes(name))
  const patterns = [
    { regex: inside([...closed, `(${ROOT})\\.ts$`].join('|'), true), message: `${why}.` },
    {
      regex: inside('config\\.ts$', true),
      message: 'Settings are handed in by lib/system.ts; a room does not look them up.',
      allowTypeImports: room === 'ports',
    },
    FRAMEWORKS,
    VENDORS,
  ]
  if (types.length > 0)
    patterns.push({ regex: inside(types.join('|')), message: `Types only: ${why}.`, allowTypeImports: true })
  if (room !== 'db') patterns.push(DATABASE)
  if (room === 'console' || room === 'i18n') patterns.push(NODE)
  if (room === 'store') patterns.push(DRIVERS)
  return rule([`lib/${room}/**/*.ts`], patterns, TESTS)
}

const DRIVERS = {
  regex: '/(keys/(providers|root)|blobs/(filesystem|memory|upstream))',
  message: 'The domain knows the keyring and the blob store by their interfaces, never one of their drivers.',
}

/** Matches relative imports that leave for one of these rooms or files of lib. */
function inside(names) {
  return `^(\\.\\./)+(lib/)?(${names})(/|$)`
}

function rule(files, patterns, ignores = []) {
  return { files, ignores, rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] } }
}

const ONE_DIALECT = ['aws', 'oss', 'cos', 'kms'].map((dialect) =>
  rule(
    [`lib/dialects/${dialect}/**/*.ts`],
    [
      {
        regex: `^\\.\\./(?!${dialect}/)(aws|oss|cos|kms)/`,
        message:
          'One dialect never imports another: what they share goes to dialects/http or dialects/sigv4.',
      },
      {
        regex: inside(
          NAMES.filter((name) => !['dialects', 'store', 'accounts', 'keys', 'kms'].includes(name)).join('|'),
        ),
        message: 'A dialect spells operations of the store and does nothing itself.',
      },
      {
        regex: inside('accounts|keys|kms'),
        message: 'Types only: a dialect spells operations of the store.',
        allowTypeImports: true,
      },
      FRAMEWORKS,
      VENDORS,
      DATABASE,
    ],
    TESTS,
  ),
)

/** Server rooms of lib, as app and components would name them. */
const SERVER = `^(@/|(\\.\\./)+)lib/(?!console/|i18n/)`
/** Words of HTTP, and what may be printed: functions on strings, of which a second copy does no harm. */
const WORDS = '(dialects/http/(range|dates)|ports/(fault|framing))$'
const ROUTES_ONLY =
  'The running system lives on globalThis (app/_request/system.ts): importing its code would bundle a second copy of it.'

export const walls = [
  rule(
    ['lib/errors.ts', 'lib/config*.ts', 'lib/content-security-policy.ts'],
    [
      {
        regex: '^\\.(?!/config-)',
        message: 'The ground imports nothing of the house, so that everyone may stand on it.',
      },
      FRAMEWORKS,
      DATABASE,
    ],
    TESTS,
  ),
  ...ROOMS.map(roomRule),
  ...ONE_DIALECT,
  rule(
    ['app/**/*.{ts,tsx}'],
    [{ regex: `${SERVER}(?!${WORDS})`, message: ROUTES_ONLY, allowTypeImports: true }, DATABASE, VENDORS],
  ),
  rule(
    ['components/**/*.{ts,tsx}'],
    [
      {
        regex: SERVER,
        message: 'A component runs in the browser: of the server it may know types only.',
        allowTypeImports: true,
      },
      { regex: '^(@/|(\\.\\./)+)app/', message: 'Pages use components, never the other way round.' },
      DATABASE,
      VENDORS,
      NODE,
    ],
  ),
  rule(
    ['components/ui/**/*.{ts,tsx}'],
    [
      {
        regex: '^(@/|(\\.\\./)+)(lib/|app/)|^@/components/(?!ui/)|^\\.\\./(?!ui/)',
        message: 'components/ui could be anyone’s: it knows no query, no route and no domain.',
      },
      {
        regex: '^(next|@tanstack/react-query)(/|$)',
        message: 'components/ui could be anyone’s: it knows no query, no route and no domain.',
      },
      NODE,
    ],
  ),
]
