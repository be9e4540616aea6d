// Validates an AsyncAPI document by the parser of AsyncAPI: no errors and no warnings.
import fs from 'node:fs';
import { Parser } from '@asyncapi/parser';

const file = process.argv[2];
const { document, diagnostics } = await new Parser().parse(fs.readFileSync(file, 'utf8'));
const serious = diagnostics.filter(found => found.severity <= 1);
for (const found of serious) console.error(`  ${found.severity === 0 ? 'error' : 'warning'} ${found.code} ${found.path.join('.')}: ${found.message}`);
if (!document || serious.length > 0) {
  console.error(`${file}: ${serious.length} errors and warnings of @asyncapi/parser`);
  process.exit(1);
}
console.log(`@asyncapi/parser: ${document.channels().length} channels, ${document.operations().length} operations, 0 errors, 0 warnings`);
