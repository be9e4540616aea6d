// Uses of the types that openapi-typescript makes from the example. `@ts-expect-error` marks lines
// that must be rejected.
import type { components, operations, paths } from './contract/openapi.js';

const user: components['schemas']['User'] = { id: 1, name: 'ann', role: 'guest' };
// @ts-expect-error: a user has a role
const incomplete: components['schemas']['User'] = { id: 1, name: 'ann' };
// @ts-expect-error: a role is one of the texts
const role: components['schemas']['Role'] = 'owner';

type NewUser = NonNullable<operations['post_new_user']['requestBody']>['content']['application/json'];
const fresh: NewUser = { name: 'ann' };
// @ts-expect-error: a name is a text
const wrong: NewUser = { name: 1 };

type User = paths['/users/{id}']['get'];
const id: User['parameters']['path']['id'] = 7;
// @ts-expect-error: an id is a number
const text: User['parameters']['path']['id'] = 'seven';
type Found = User['responses'][200]['content']['application/json'];
const found: Found = user;
// @ts-expect-error: the response 404 has no user
type Missing = User['responses'][404]['content']['application/json'];
// @ts-expect-error: there is no such path
type Unknown = paths['/user/{id}'];
export { fresh, found, id, incomplete, role, text, wrong };
