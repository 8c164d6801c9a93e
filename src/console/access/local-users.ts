import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Mutex } from 'async-mutex';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { failure } from '../../contracts/errors';
import { type ConsoleRole, consoleRoles } from '../api';

export interface LocalUser {
  readonly name: string;
  readonly displayName: string;
  readonly role: ConsoleRole;
}

/** People of one machine, in a file of the state folder. */
export interface LocalUsers {
  /** Adds a user, or gives one another role and password. Throws `InvalidInput`. */
  put(user: LocalUser, password: string): Promise<void>;
  /** Throws `NotFound`. */
  remove(name: string): Promise<void>;
  list(): Promise<readonly LocalUser[]>;
  find(name: string): Promise<LocalUser | null>;
  /** Null: no such user, or another password; which of them, nobody is told. */
  verify(name: string, password: string): Promise<LocalUser | null>;
}

const shortestPassword = 12;
/** So that a request cannot make us hash a megabyte. */
const longestPassword = 256;
const nameForm = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/;

/** OWASP's figures for scrypt in 32 MiB (Password Storage Cheat Sheet). */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 2 ** 20 } as const;
const keyLength = 32;

const fileSchema = z.object({
  users: z.record(
    z.string(),
    z.object({ displayName: z.string(), role: z.enum(consoleRoles), salt: z.string(), hash: z.string() }),
  ),
});
type UserFile = z.infer<typeof fileSchema>;

export function createLocalUsers(file: string): LocalUsers {
  // One hash takes 32 MiB and a tenth of a second: many at once would be an attack on the machine.
  const oneAtATime = new Mutex();
  const decoySalt = randomBytes(16).toString('base64');

  const change = (edit: (users: UserFile['users']) => void) =>
    oneAtATime.runExclusive(async () => {
      const { users } = await read(file);
      edit(users);
      await writeFileAtomic(file, `${JSON.stringify({ users }, null, 2)}\n`, { mode: 0o600 });
    });
  const find = async (name: string) => {
    const { users } = await read(file);
    return (Object.hasOwn(users, name) && users[name]) || null;
  };

  return {
    async put({ name, displayName, role }, password) {
      if (!nameForm.test(name))
        throw failure('InvalidInput', `"${name}" is no name: letters, digits and . _ @ + - are`);
      if (password.length < shortestPassword || password.length > longestPassword) {
        throw failure('InvalidInput', `a password has ${shortestPassword} to ${longestPassword} characters`);
      }
      const salt = randomBytes(16).toString('base64');
      const hash = await hashOf(password, salt);
      await change((users) => {
        users[name] = { displayName, role, salt, hash: hash.toString('base64') };
      });
    },
    remove: (name) =>
      change((users) => {
        if (!Object.hasOwn(users, name)) throw failure('NotFound', `there is no user "${name}" in ${file}`);
        delete users[name];
      }),
    async list() {
      const { users } = await read(file);
      return Object.entries(users).map(([name, { displayName, role }]) => ({ name, displayName, role }));
    },
    async find(name) {
      const user = await find(name);
      return user && { name, displayName: user.displayName, role: user.role };
    },
    async verify(name, password) {
      if (password.length > longestPassword) return null;
      const user = await find(name);
      const given = await oneAtATime.runExclusive(() => hashOf(password, user?.salt ?? decoySalt));
      const wanted = user ? Buffer.from(user.hash, 'base64') : randomBytes(keyLength);
      const same = given.length === wanted.length && timingSafeEqual(given, wanted);
      return user && same ? { name, displayName: user.displayName, role: user.role } : null;
    },
  };
}

async function read(file: string): Promise<UserFile> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { users: {} };
    throw failure('Unavailable', `${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw failure('Unavailable', `${file} is no file of users: mend it, or remove it and add the users again`, {
      cause,
    });
  }
}

function hashOf(password: string, salt: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), Buffer.from(salt, 'base64'), keyLength, cost, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
