// Reads X12 files with node-x12 in strict mode and prints, one JSON object a
// line, what it found in each, or its refusal.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { X12Parser } = createRequire(import.meta.url)('node-x12')

for (const file of process.argv.slice(2)) {
  const found = { file }
  try {
    const interchange = new X12Parser(true).parse(readFileSync(file, 'utf8'))
    const group = interchange.functionalGroups[0]
    const set = group.transactions[0]
    const all = tag => set.segments.filter(s => s.tag === tag)
    found.set = set.header.valueOf(1)
    found.control = interchange.header.valueOf(13).trim()
    found.number = all('BIG')[0].valueOf(2)
    found.kind = all('BIG')[0].valueOf(7)
    found.currency = all('CUR')[0].valueOf(2)
    found.total = all('TDS')[0].valueOf(1)
    found.lines = all('IT1').length
    found.net = all('PAM').map(s => s.valueOf(5))
    found.serials = all('REF').filter(s => s.valueOf(1) === 'SE').map(s => s.valueOf(2))
    found.names = all('PID').map(s => s.valueOf(5))
    found.counted = Number(set.trailer.valueOf(1))
    found.segments = set.segments.length + 2
  } catch (error) {
    found.refused = String(error.message ?? error)
  }
  console.log(JSON.stringify(found))
}
