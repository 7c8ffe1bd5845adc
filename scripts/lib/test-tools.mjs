import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT, StepFailed, timed } from './project.mjs'
import { run } from './run.mjs'

/** Debian's packages for what the tests use and npm does not bring. CJK fonts: half of the screens are Chinese. */
const PACKAGES = {
  chromium: ['chromium', 'fonts-noto-cjk'],
  aws: ['awscli'],
  softhsm: ['softhsm2'],
  compiler: ['g++', 'make', 'python3'],
}

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

/**
 * Clients of the object port that Debian has, each by the setting that names its program to the tests, its packages, and a
 * call that shows that it works.
 */
const CLIENTS = {
  COFFER_TEST_GO: {
    // Aliyun's SDK for Go comes as source, which the test compiles
    packages: ['golang-go', 'golang-github-aliyun-aliyun-oss-go-sdk-dev'],
    program: 'go',
    call: ['version'],
    source: '/usr/share/gocode/src/github.com/aliyun/aliyun-oss-go-sdk',
  },
  COFFER_TEST_PYTHON: {
    packages: ['python3', 'python3-boto3'],
    program: '/usr/bin/python3',
    call: ['-c', 'import boto3'],
  },
  COFFER_TEST_RCLONE: { packages: ['rclone'], program: 'rclone', call: ['version'] },
  COFFER_TEST_S3CMD: { packages: ['s3cmd'], program: 's3cmd', call: ['--version'] },
  COFFER_TEST_OGR2OGR: { packages: ['gdal-bin'], program: 'ogr2ogr', call: ['--version'] },
}

/** Those clients, the missing ones installed together. Resolves with the tests' settings. */
export async function ensureClients() {
  const programs = Object.fromEntries(
    Object.entries(CLIENTS).map(([variable, { program }]) => [variable, process.env[variable] ?? program]),
  )
  const works = async (variable) => {
    const { call, source } = CLIENTS[variable]
    if (source && !process.env.COFFER_TEST_GOPATH && !existsSync(source)) return false
    return (await run(programs[variable], call)).code === 0
  }
  const missing = await absent(Object.keys(CLIENTS), works)
  if (missing.length === 0) return programs
  const packages = missing.flatMap((variable) => CLIENTS[variable].packages)
  const byHand = missing.map((variable) => `${variable}=/path/to/${CLIENTS[variable].program}`).join(', ')
  await installWithApt(packages, 'further clients', byHand)
  const broken = await absent(missing, works)
  if (broken.length === 0) return programs
  const names = broken.map((variable) => CLIENTS[variable].program).join(', ')
  throw new StepFailed(`Installed, but not working: ${names}.`)
}

async function absent(variables, works) {
  const found = await Promise.all(variables.map(works))
  return variables.filter((_, index) => !found[index])
}

const SOFTHSM = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/local/lib/softhsm/libsofthsm2.so']

/** A token in software, for the root key on a PKCS#11 token. Resolves with the path of its library. */
export async function ensureSoftHsm() {
  const find = () => [process.env.COFFER_TEST_SOFTHSM, ...SOFTHSM].find((path) => path && existsSync(path))
  const present = find()
  if (present) return present
  await installWithApt(PACKAGES.softhsm, 'SoftHSM 2', 'COFFER_TEST_SOFTHSM=/path/to/libsofthsm2.so')
  const installed = find()
  if (installed) return installed
  throw new StepFailed('SoftHSM 2 was installed, but its library is not where it should be.')
}

const PKCS11JS = '2.1.7'

/**
 * pkcs11js, which only who has a token installs: it ships no binary and is compiled. In a folder of its own, so that
 * the tests see Coffer as it is without it too. Resolves with its path.
 */
export async function ensurePkcs11js() {
  const folder = join(PROJECT, '.coffer', `pkcs11js-${PKCS11JS}-${process.versions.modules}`)
  const path = join(folder, 'node_modules', 'pkcs11js')
  if (existsSync(join(path, 'build', 'Release', 'pkcs11.node'))) return path
  if ((await run('g++', ['--version'])).code !== 0) {
    await installWithApt(PACKAGES.compiler, 'a C++ compiler', 'CXX=/path/to/compiler')
  }
  await timed('compiling pkcs11js', async () => {
    const args = [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--no-audit',
      '--no-fund',
      `pkcs11js@${PKCS11JS}`,
    ]
    const headers = '/usr/include/node/node_api.h'
    // node-gyp would fetch the headers; where the system has them it need not.
    const env = existsSync(headers) ? { ...process.env, npm_config_nodedir: '/usr' } : process.env
    const { code, output } = await run('npm', args, { env })
    if (code === 0 && existsSync(join(path, 'build', 'Release', 'pkcs11.node'))) return
    console.error(output.trimEnd())
    throw new StepFailed(
      'npm could not compile pkcs11js, which the tests of PKCS#11 need; its reason is above.',
    )
  })
  return path
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
