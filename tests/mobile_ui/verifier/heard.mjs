// What the page makes of each of the house's answers on standard input: {name: {ok, said}}.
import { readFileSync } from 'node:fs'
import { wordOf } from '../../../mobile_ui/verifier/house.js'

const answers = Object.entries(JSON.parse(readFileSync(0)))
console.log(JSON.stringify(Object.fromEntries(answers.map(([name, { ok, said }]) => [name, wordOf(ok, said)]))))
