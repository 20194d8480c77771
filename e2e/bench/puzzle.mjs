// What a puzzle takes: one try in the page of a phone that is six times slower than this computer, and from that what
// each step of pressure takes, on average and for the unluckiest of a hundred.
import { launchChromium } from '../lib/browsers.mjs'
import { figure, median } from '../lib/figures.mjs'
import { startDemo } from '../lib/stillroom.mjs'

const SLOWER = 6
const TRIES = 100
const ROUNDS = 9
/** Zero bits: the steps of pressure, and the most that a share can add. */
const BITS = [6, 7, 8, 9, 11]
/** One in a hundred needs more than so many times the mean. */
const UNLUCKY = Math.log(100)

const program = await startDemo()
const browser = await launchChromium()
const page = await browser.newPage()
await page.goto(program.visitor)
const tools = await page.context.newCDPSession(page.raw)

async function oneTry(rate) {
  await tools.send('Emulation.setCPUThrottlingRate', { rate })
  return page.evaluate(async ([tries, rounds]) => {
    const [, glue, core] = [...document.getElementById('puzzle').content.children].map((part) => part.getAttribute('href'))
    const code = await import(glue)
    await code.default({ module_or_path: core })
    const search = code.Search.of(new Uint8Array(32), 64)
    return Array.from({ length: rounds }, () => {
      const start = performance.now()
      for (let tried = 0; tried < tries; tried++) search.step()
      return (performance.now() - start) / tries
    })
  }, [TRIES, ROUNDS], 120_000)
}

figure('one try in the page', median(await oneTry(1)), 'ms', {})
const slow = median(await oneTry(SLOWER))
figure(`one try, ${SLOWER} times slower`, slow, 'ms', {})
for (const bits of BITS) {
  const mean = (slow * 2 ** bits) / 1000
  const bound = bits === BITS.at(-1) ? { first: 60, end: 60 } : {}
  figure(`${bits} bits, ${SLOWER} times slower, on average`, mean, 's', {})
  figure(`${bits} bits, one in a hundred takes longer than`, mean * UNLUCKY, 's', bound)
}
await page.close()
await browser.close()
await program.stop()
