import type { Config } from '../../lib/config.ts'
import { processSurroundings, rootSource } from '../../lib/keys/root/root-from-settings.ts'
import type { RootSource } from '../../lib/keys/root/root-source.ts'
import { StartError } from '../../lib/keys/start-error.ts'

/** Where this installation keeps its root, as the server finds it. */
export function rootSourceOf(config: Config): RootSource {
  return rootSource(config.root, processSurroundings(console.error))
}

/** The root secret, unsealed; the caller wipes it. @throws StartError */
export async function rootAtHand(config: Config): Promise<{ secret: Buffer; version: number }> {
  const source = rootSourceOf(config)
  const found = await source.unseal()
  if (found.kind === 'whole') return { secret: found.secret, version: 1 }
  throw new StartError(
    `${source.name} is ${found.kind === 'missing' ? 'missing' : 'half-written'}.`,
    mendFor(config),
  )
}

/** Settings alone bring no credential along: systemd hands it out to units. */
function mendFor({ root, dataDir }: Config): string {
  if (root.driver !== 'credential' || root.directory !== undefined)
    return 'Run the command with the same settings (COFFER_*) as the server.'
  return [
    'systemd hands it out to units only. Run the command as one, with the same settings (COFFER_*) as the server:',
    `systemd-run --pty --wait --collect --same-dir --uid=USER-OF-THE-SERVER -p LoadCredentialEncrypted=${root.name} \\`,
    `  -E COFFER_ROOT=credential -E COFFER_DATA_DIR=${dataDir} npm run …`,
  ].join('\n')
}
