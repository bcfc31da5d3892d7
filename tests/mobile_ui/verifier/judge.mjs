// What the page says of each case on standard input: {bag, cases: {name: {text, now, seen}}}. Prints
// {name: {word, why, facts}}; ``seen``: the code was there before.
import { readFileSync } from 'node:fs'
import { judge } from '../../../mobile_ui/verifier/judge.js'

const { bags, cases } = JSON.parse(readFileSync(0))
const told = {}
for (const [name, { text, now, seen, bag }] of Object.entries(cases)) {
  const { word, why, facts } = await judge(text, bags[bag], async () => !seen, now * 1000)
  told[name] = { word, why, facts }
}
console.log(JSON.stringify(told))
