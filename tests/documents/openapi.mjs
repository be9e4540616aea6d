// Validates an OpenAPI document by the recommended rules of Redocly: no errors. Warnings are shown.
import { createConfig, lint } from '@redocly/openapi-core';

const file = process.argv[2];
const found = await lint({ ref: file, config: await createConfig({ extends: ['recommended'] }) });
const errors = found.filter(problem => problem.severity === 'error');
for (const problem of found) console.error(`  ${problem.severity} ${problem.ruleId} ${problem.location?.[0]?.pointer}: ${problem.message}`);
if (errors.length > 0) {
  console.error(`${file}: ${errors.length} errors of @redocly/openapi-core`);
  process.exit(1);
}
console.log(`@redocly/openapi-core: recommended rules, 0 errors, ${found.length} warnings`);
