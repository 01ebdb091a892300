/**
 * The billing page's types and its table of operations, written from the API's own OpenAPI document: what the page asks for
 * is checked against what is served, and a route that changes its answer breaks the page's build and not the page.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile } from 'json-schema-to-typescript';

/** Routes destructure what they need and touch none of it before they are asked: described, they are never run. */
const NOTHING = { checkout: {} };

/** The document of the routes under `folder`, which is the compiled src/http/api. */
export async function documentOf(folder) {
  const load = (name) => import(pathToFileURL(path.join(folder, name)).href);
  const [{ openApiOf }, { allRoutes }] = await Promise.all([load('openapi.js'), load('routes.js')]);
  return openApiOf(allRoutes(NOTHING), '');
}

const JSON_TYPE = 'application/json';

/** References point into the document; the page uses none of what they name, so that anything may stand there. */
const withoutReferences = (schema) =>
  JSON.parse(JSON.stringify(schema), (_key, value) =>
    value !== null && typeof value === 'object' && typeof value.$ref === 'string' ? {} : value,
  );

const object = (properties, required = Object.keys(properties)) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});

function fieldsOf(parameters, place) {
  const own = parameters.filter((one) => one.in === place);
  const properties = Object.fromEntries(own.map(({ name, schema, description }) => [name, { ...schema, description }]));
  return object(
    properties,
    own.filter((one) => one.required).map((one) => one.name),
  );
}

function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([where, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ where, method: method.toUpperCase(), operation })),
  );
}

function schemaOf({ operation }) {
  const { parameters = [], requestBody, responses } = operation;
  return object({
    params: fieldsOf(parameters, 'path'),
    query: fieldsOf(parameters, 'query'),
    body: requestBody?.content[JSON_TYPE].schema ?? { type: 'null' },
    answer: responses['200'].content?.[JSON_TYPE]?.schema ?? {},
  });
}

/** The text of src/generated/page-api.ts. */
export async function clientOf(document) {
  const operations = operationsOf(document);
  const schema = object(
    Object.fromEntries(operations.map((one) => [one.operation.operationId, withoutReferences(schemaOf(one))])),
  );
  const types = await compile(schema, 'Operations', {
    bannerComment:
      '/** Written by scripts/page-client.mjs from the OpenAPI document. Change the routes, not this file. */',
    additionalProperties: false,
    format: false,
    unknownAny: true,
  });
  const table = operations.map(({ where, method, operation }) => {
    const keyed = (operation.parameters ?? []).some((one) => one.name === 'Idempotency-Key');
    return `  ${operation.operationId}: ['${method}', '${where}'${keyed ? ", 'keyed'" : ''}],`;
  });
  return `${types}\nexport const OPERATIONS = {\n${table.join('\n')}\n} as const;\n`;
}
