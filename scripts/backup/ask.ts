import type { Readable, Writable } from 'node:stream'

const [CTRL_C, CTRL_D, BACKSPACE, DELETE] = ['\u0003', '\u0004', '\b', '\u007f']

export interface Terminal {
  readonly stdin: Readable & { setRawMode(raw: boolean): unknown }
  readonly stderr: Pick<Writable, 'write'>
}

/**
 * Asks on stderr, so that what a command prints can be piped; nothing of the answers is echoed. What comes behind the end
 * of an answer, pasted or typed ahead, belongs to the next question.
 */
export function asker(terminal: Terminal): (question: string) => Promise<string> {
  let ahead: string[] = []
  return (question) => {
    const { stdin, stderr } = terminal
    stderr.write(question)
    stdin.setRawMode(true)
    stdin.setEncoding('utf8').resume()
    return new Promise((resolve) => {
      const answer: string[] = []
      const hear = (text: string): void => {
        ahead.push(...text)
        for (let letter = ahead.shift(); letter !== undefined; letter = ahead.shift())
          if (take(answer, letter)) return finish(letter)
      }
      const finish = (end: string): void => {
        if (end === '\r' && ahead[0] === '\n') ahead = ahead.slice(1)
        stdin.off('data', hear).pause()
        stdin.setRawMode(false)
        stderr.write('\n')
        resolve(answer.join(''))
      }
      stdin.on('data', hear)
      hear('')
    })
  }
}

/** True when the letter ends the answer. */
function take(answer: string[], letter: string): boolean {
  if (letter === '\r' || letter === '\n') return true
  if (letter === CTRL_C || letter === CTRL_D) process.exit(130)
  if (letter === BACKSPACE || letter === DELETE) answer.pop()
  else answer.push(letter)
  return false
}
