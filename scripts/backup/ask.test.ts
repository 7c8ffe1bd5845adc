import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { asker } from './ask.ts'

function terminal() {
  const modes: boolean[] = []
  const said: string[] = []
  const stdin = Object.assign(new PassThrough(), { setRawMode: (raw: boolean) => modes.push(raw) })
  const stderr = { write: (text: string) => said.push(text) > 0 }
  return { stdin, modes, said, ask: asker({ stdin, stderr }) }
}

test('an answer is not echoed, and letters are taken back', async () => {
  const { stdin, modes, said, ask } = terminal()
  const answer = ask('Passphrase: ')
  stdin.write('wordx\u007f')
  stdin.write('s\r')
  expect(await answer).toBe('words')
  expect(said).toEqual(['Passphrase: ', '\n'])
  expect(modes).toEqual([true, false])
})

test.each(['\r', '\n', '\r\n'])(
  'what is pasted with two ends of lines (%j) answers two questions',
  async (end) => {
    const { stdin, ask } = terminal()
    stdin.write(`five words 樹${end}five words 樹${end}`)
    expect(await ask('Passphrase: ')).toBe('five words 樹')
    expect(await ask('Once more:  ')).toBe('five words 樹')
  },
)

test('an answer may begin in one piece and end in the next', async () => {
  const { stdin, ask } = terminal()
  stdin.write('one\rtw')
  expect(await ask('First: ')).toBe('one')
  const second = ask('Second: ')
  stdin.write('o\r')
  expect(await second).toBe('two')
})
