// Exit status 1 with what is wrong when a file is not what the schema of CycloneDX allows: node validate.mjs FILE...
import { readFileSync } from 'node:fs';
import { Validation } from '@cyclonedx/cyclonedx-library';

for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, 'utf8');
  const fault = await new Validation.JsonStrictValidator(JSON.parse(text).specVersion).validate(text);
  if (fault === null) continue;
  console.error(`${file}: ${JSON.stringify(fault)}`);
  process.exitCode = 1;
}
