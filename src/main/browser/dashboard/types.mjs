/**
 * Writes what the dashboard knows of the server's words, from the two contracts: generated/contract.d.ts of openapi.yaml, generated/events.d.ts
 * of asyncapi.yaml (`EventData`: by type of an event of the stream, the members that are its own).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from 'json-schema-to-typescript';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { parse } from 'yaml';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../../..');
const generated = join(here, 'generated');

/** References of AsyncAPI point into its components; those of a schema by itself into its definitions. @param {unknown} node @returns {any} */
function rebased(node) {
  return JSON.parse(JSON.stringify(node).replaceAll('#/components/schemas/', '#/definitions/'));
}

mkdirSync(generated, { recursive: true });
const contract = await openapiTypescript(readFileSync(join(root, 'openapi.yaml')));
writeFileSync(join(generated, 'contract.d.ts'), astToString(contract));

const events = parse(readFileSync(join(root, 'asyncapi.yaml'), 'utf8'));
const told = Object.keys(events.channels.stream.messages).map((name) => events.components.messages[name]);
const schema = {
  title: 'EventData',
  type: 'object',
  additionalProperties: false,
  required: told.map((message) => message.name),
  properties: Object.fromEntries(told.map((message) => [message.name, rebased(message.payload.properties.data)])),
  definitions: rebased(events.components.schemas),
};
const source = await compile(schema, 'EventData', { bannerComment: '', additionalProperties: false, unreachableDefinitions: false });
writeFileSync(join(generated, 'events.d.ts'), source);
