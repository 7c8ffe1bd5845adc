import { PHASE_PRODUCTION_SERVER } from 'next/constants.js'
import { fileURLToPath } from 'node:url'
import { CONTENT_POLICY, PAGE_POLICY_WITHOUT_NONCE } from './lib/content-security-policy.ts'

/** @type {import('next').NextConfig} */
const nextConfig = {
  poweredByHeader: false,
  // Ciphertext and images do not shrink, and gzip would change the bytes and lengths of S3's XML.
  compress: false,
  // `/bucket/` and `/bucket` are different resources of the object API.
  skipTrailingSlashRedirect: true,
  // Its optimiser would fetch a public object from us and keep what it made of it below `.next`, decrypted.
  images: { unoptimized: true },
  reactStrictMode: true,
  turbopack: { root: fileURLToPath(new URL('.', import.meta.url)) },
  // Native code, or one copy a process: these are required from node_modules and never bundled.
  serverExternalPackages: [
    'better-sqlite3',
    '@prisma/client',
    '@prisma/adapter-better-sqlite3',
    '@prisma/driver-adapter-utils',
    '@node-rs/argon2',
    '@node-rs/crc32',
    'hash-wasm',
  ],
  // `npm test` runs tsc over everything, tests included; a second check here would only make `npm start` slow.
  typescript: { ignoreBuildErrors: true },
  agentRules: false,
  headers,
}

/** @returns {Promise<import('next/dist/lib/load-custom-routes').Header[]>} */
async function headers() {
  return [
    {
      source: '/:path*',
      headers: [
        { key: 'X-Content-Type-Options', value: 'nosniff' },
        { key: 'X-Frame-Options', value: 'DENY' },
        // Paths hold bucket and object names: no other site is told them.
        { key: 'Referrer-Policy', value: 'same-origin' },
        { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
        { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=()' },
      ],
    },
    {
      // server.ts makes a nonce for every page and a policy with it; headers set here would overwrite that one.
      source: '/:path*',
      missing: [{ type: 'header', key: 'x-nonce' }],
      headers: [{ key: 'Content-Security-Policy', value: PAGE_POLICY_WITHOUT_NONCE }],
    },
    {
      source: '/(api|objects)/:path*',
      headers: [
        { key: 'Content-Security-Policy', value: CONTENT_POLICY },
        { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
      ],
    },
  ]
}

/** The plugin tells the bundler where messages are, and brings a compiler (60 MB) that a running server has no use for. */
export default async function configOf(/** @type {string} */ phase) {
  if (phase === PHASE_PRODUCTION_SERVER) return nextConfig
  const { default: createNextIntlPlugin } = await import('next-intl/plugin')
  return createNextIntlPlugin('./app/_request/locale.ts')(nextConfig)
}
