/**
 * Puts text on the clipboard; resolves false when the browser refuses.
 * `navigator.clipboard` exists only in secure contexts, and a console on a LAN often has none: there the
 * old selection command still works.
 */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    )
  }
  const area = document.createElement('textarea')
  area.value = text
  area.style.position = 'fixed'
  area.style.opacity = '0'
  // inside an open dialog, focus must not leave it
  const host = document.activeElement?.parentElement ?? document.body
  const before = document.activeElement
  host.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  if (before instanceof HTMLElement) before.focus()
  return done
}
