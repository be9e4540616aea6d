// Compares the answers of ajv with those of the validator of the tests, for each emitted schema and
// value: `tests/documents/validator.rs` must not be wrong in the same way as a schema.
import fs from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import Ajv from 'ajv';
import formats from 'ajv-formats';

const options = { strict: true, allowUnionTypes: true, strictTypes: false, strictTuples: false, strictRequired: false, validateFormats: true };
const samples = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
// The formats that schemars adds, whose bounds are keywords of their own.
const integers = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'uint', 'int', 'uint128', 'int128', 'float', 'double'];
const draft = name => {
  const ajv = name === 'draft7' ? new Ajv.default(options) : new Ajv2020(options);
  // The definitions that a sample refers to.
  ajv.addKeyword('components');
  formats.default(ajv);
  for (const format of integers) ajv.addFormat(format, true);
  return ajv;
};
let wrong = 0, count = 0;
for (const sample of samples) {
  const validate = draft(sample.draft).compile(sample.schema);
  for (const { value, valid } of sample.values) {
    count++;
    if (validate(value) !== valid) {
      wrong++;
      console.error(`  ${sample.name} (${sample.draft}): ${JSON.stringify(value)} is ${valid ? 'valid' : 'invalid'} for the validator of the tests, not for ajv: ${JSON.stringify(validate.errors)}`);
    }
  }
}
if (wrong > 0 || count === 0) {
  console.error(`${wrong} of ${count} values differ`);
  process.exit(1);
}
console.log(`ajv: ${samples.length} schemas, ${count} values, 0 differences`);
