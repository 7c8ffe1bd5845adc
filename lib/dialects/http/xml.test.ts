import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { childOf, childrenOf, readXml, textOf } from './xml-read.ts'
import { escapeXml, writeXml } from './xml-write.ts'

const refused = expect.objectContaining({ name: 'StoreError', code: 'MalformedXML' })

describe('reading', () => {
  it('keeps text exactly: blanks, references, CDATA', () => {
    const root = readXml(
      '\ufeff<?xml version="1.0"?>\n<!-- c --><a:A xmlns:a="u" b=\'>\'><K> x&amp;&lt;&#13;&#x1F600; </K><K/><K><![CDATA[<&]]>q<!-- no --></K></a:A>\n'.replace(
        "b='>'",
        '',
      ),
    )
    expect(root.name).toBe('A')
    expect(childrenOf(root, 'K').map(({ text }) => text)).toEqual([' x&<\r😀 ', '', '<&q'])
  })

  it('normalises line ends as XML demands, but not escaped ones', () => {
    expect(textOf(readXml('<A><K>a\r\nb\rc&#13;</K></A>'), 'K')).toBe('a\nb\nc\r')
  })

  it('tells one child from none and from several', () => {
    const root = readXml('<A><B>1</B><C/><C/></A>')
    expect(textOf(root, 'B')).toBe('1')
    expect(childOf(root, 'X')).toBeUndefined()
    expect(() => childOf(root, 'C')).toThrowError(refused)
  })

  it.each([
    '',
    'text',
    '<A>',
    '</A>',
    '<A></B>',
    '<A/><B/>',
    '<A/>text',
    'text<A/>',
    '<A',
    '<A>&unknown;</A>',
    '<A>&amp</A>',
    '<A>& </A>',
    '<A>&#0;</A>',
    '<A>&#xD800;</A>',
    '<A>&#x110000;</A>',
    '<A b></A>',
    '<A b=c/>',
    '<A b="<"/>',
    '<1/>',
    '<A><![CDATA[x</A>',
    '<A><!-- x</A>',
    '<A><?php ?></A>',
    '<!DOCTYPE A><A/>',
    '<!DOCTYPE A [<!ENTITY x "y">]><A>&x;</A>',
    '<!ENTITY x "y"><A/>',
    '<A><!DOCTYPE x></A>',
    '< A/>',
    '<A:/>',
    '<A>x</A',
  ])('refuses %s', (text) => {
    expect(() => readXml(text)).toThrowError(refused)
  })

  it('refuses bombs', () => {
    expect(() => readXml('<A>'.repeat(100_000))).toThrowError(refused)
    expect(() => readXml(`<A>${'<B/>'.repeat(300_000)}</A>`)).toThrowError(refused)
    const laughs = `<!DOCTYPE lolz [<!ENTITY lol "lol">${'<!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;">'.repeat(10)}]><lolz>&lol1;</lolz>`
    expect(() => readXml(laughs)).toThrowError(refused)
  })

  it('never fails in another way', () => {
    const soup = fc.array(
      fc.constantFrom(
        '<',
        '>',
        '/',
        'A',
        '&',
        ';',
        '#',
        'x',
        '!',
        '-',
        '[',
        ']',
        'CDATA',
        '?',
        '"',
        '=',
        ' ',
        '\0',
        'é',
        '😀',
        '&amp;',
        '<A>',
        '</A>',
      ),
    )
    fc.assert(
      fc.property(soup, (pieces) => {
        try {
          readXml(pieces.join(''))
        } catch (error) {
          expect(error).toEqual(refused)
        }
      }),
      { numRuns: 5000 },
    )
  })
})

describe('writing', () => {
  it('gives back what it wrote', () => {
    const text = fc.string({ unit: 'grapheme' }).map((s) => s.replaceAll('\0', ''))
    fc.assert(
      fc.property(text, text, (a, b) => {
        const root = readXml(
          String(
            writeXml('R', 'urn:x', [
              ['A', a],
              [
                'B',
                [
                  ['C', b],
                  ['N', 5],
                  ['T', true],
                ],
              ],
            ]),
          ),
        )
        expect(textOf(root, 'A')).toBe(a)
        expect(childOf(root, 'B')!.children.map((child) => child.text)).toEqual([b, '5', 'true'])
      }),
      { numRuns: 500 },
    )
  })

  it('writes control characters as references, so that no parser changes a key silently', () => {
    expect(escapeXml('a\rb\nc\td\x01<&>"\x7f\ufffe')).toBe(
      'a&#xD;b&#xA;c&#x9;d&#x1;&lt;&amp;&gt;&quot;&#x7F;&#xFFFE;',
    )
  })
})
