import { existsSync } from 'node:fs'
import { StepFailed, timed } from './project.mjs'
import { run } from './run.mjs'

/** Debian's packages for what the tests use and npm does not bring. CJK fonts: half of the screens are Chinese. */
const PACKAGES = { chromium: ['chromium', 'fonts-noto-cjk'], aws: ['awscli'] }

const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** A Chromium to test with, installed when there is none and that is possible. Resolves with its path. */
export async function ensureChromium() {
  const present = findChromium()
  if (present) return present
  await installWithApt(PACKAGES.chromium, 'Chromium', 'COFFER_TEST_CHROMIUM=/path/to/chromium')
  const installed = findChromium()
  if (installed) return installed
  throw new StepFailed('Chromium was installed, but is not where it should be (/usr/bin/chromium).')
}

function findChromium() {
  const chosen = process.env.COFFER_TEST_CHROMIUM
  return (chosen ? [chosen] : BROWSERS).find((path) => existsSync(path))
}

/** The AWS CLI that the client tests run. Asked for its version: a version manager's shim may exist and not work. */
export async function ensureAwsCli() {
  const works = async (program) => (await run(program, ['--version'])).code === 0
  for (const program of [process.env.COFFER_TEST_AWS, 'aws', '/usr/bin/aws', '/usr/local/bin/aws']) {
    if (program && (await works(program))) return program
  }
  await installWithApt(PACKAGES.aws, 'the AWS CLI', 'COFFER_TEST_AWS=/path/to/aws')
  if (await works('/usr/bin/aws')) return '/usr/bin/aws'
  throw new StepFailed('The AWS CLI was installed, but `/usr/bin/aws --version` fails.')
}

async function installWithApt(packages, name, variable) {
  const byHand = `Install ${name} yourself (on Debian: apt-get install ${packages.join(' ')}), or name it with ${variable}.`
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new StepFailed(
      `The tests need ${name}, and only root on Debian or Ubuntu can have it installed here. ${byHand}`,
    )
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await timed(`installing ${name} with apt`, async () => {
    await run('apt-get', ['update'], { env })
    const { code, output } = await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], {
      env,
    })
    if (code === 0) return
    console.error(output.trimEnd())
    throw new StepFailed(`apt could not install ${name}; its reason is above. ${byHand}`)
  })
}
