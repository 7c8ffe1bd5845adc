import type { Config } from '../config.ts'

/** What a person who has just started Coffer needs to know; the only place a one-time link is ever printed. */
export function welcome(config: Config, firstRun: { welcomeUrl: string } | undefined): string {
  return [
    '',
    'Coffer is running.',
    '',
    ...places(config),
    ...reach(config),
    ...invitation(firstRun),
    '',
  ].join('\n')
}

function places(config: Config): string[] {
  return [
    `  Console          ${config.publicConsoleUrl}`,
    `  Object endpoint  ${config.publicObjectUrl}  (S3 API, region ${config.region})`,
    ...vendorPorts(config),
    `  Data folder      ${config.dataDir}`,
    `  Root key         ${rootPlace(config)}`,
    '                   Keep a backup of it in a safe place (npm run kms:backup): without it nothing can be decrypted.',
  ]
}

function vendorPorts({ ossPort, cosPort }: Config): string[] {
  return [
    ...(ossPort === undefined ? [] : [`  OSS port         ${ossPort}`]),
    ...(cosPort === undefined ? [] : [`  COS port         ${cosPort}`]),
  ]
}

function rootPlace({ root }: Config): string {
  switch (root.driver) {
    case 'file':
      return root.path
    case 'credential':
      return `the systemd credential ${root.name}`
    default:
      return `${root.wrappedPath}, wrapped by COFFER_ROOT=${root.driver}`
  }
}

function reach({ host }: Config): string[] {
  const local = host === 'localhost' || host === '::1' || host.startsWith('127.')
  if (!local) return []
  return [
    '',
    '  Only this machine can reach it. COFFER_HOST=0.0.0.0 lets others in; put a TLS proxy in front then.',
  ]
}

function invitation(firstRun: { welcomeUrl: string } | undefined): string[] {
  if (!firstRun) return []
  return [
    '',
    '  Create the first administrator here (the link works once, within 24 hours):',
    `  ${firstRun.welcomeUrl}`,
  ]
}
