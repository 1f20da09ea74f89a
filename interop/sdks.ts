/**
 * The SDKs of the interop suites, and how each is made ready. Must never run a case.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InteropCase, SdkLanguage } from './cases.js';
import { prepareJavaSdk } from './java-sdk.js';
import { preparePythonSdk } from './python-sdk.js';
import type { MissingTool, ReadySuite } from './toolchain.js';

export const INTEROP = dirname(fileURLToPath(import.meta.url));
export const CACHE = join(dirname(INTEROP), '.cache', 'interop');
export const CASES = join(INTEROP, 'cases');
export const SPEECH = join(dirname(INTEROP), 'assets', 'speech', 'question.wav');

export interface Sdk {
  readonly sdk: string;
  readonly title: string;
  readonly language: SdkLanguage;
  readonly prepare: () => Promise<ReadySuite | MissingTool>;
}

/** Versions are those of requirements-*.txt and pom.xml. */
export const SDKS: readonly Sdk[] = [
  {
    sdk: 'python-1-26-2',
    title: 'Python 1.26.2',
    language: 'python',
    prepare: () => preparePythonSdk(INTEROP, CACHE, 'requirements-1.26.2.txt'),
  },
  {
    sdk: 'python-newest',
    title: 'Python 2.0.2',
    language: 'python',
    prepare: () => preparePythonSdk(INTEROP, CACHE, 'requirements-newest.txt'),
  },
  {
    sdk: 'java',
    title: 'Java 2.22.13',
    language: 'java',
    prepare: () => prepareJavaSdk(INTEROP),
  },
];

/** The SDK by its short name. @throws Error for a name that is none */
export function sdkNamed(name: string): Sdk {
  const found = SDKS.find(({ sdk }) => sdk === name);
  if (found === undefined)
    throw new UsageError(`No SDK '${name}'. Try one of: ${SDKS.map(({ sdk }) => sdk).join(', ')}.`);
  return found;
}

/** The cases that an SDK has the methods for. */
export function casesFor(sdk: Sdk, cases: readonly InteropCase[]): readonly InteropCase[] {
  return cases.filter((one) => one.sdks === undefined || one.sdks.includes(sdk.language));
}

/** Makes an SDK ready; what is missing or broken is a value. */
export async function prepareSdk(sdk: Sdk): Promise<ReadySuite | MissingTool | { readonly broken: string }> {
  try {
    return await sdk.prepare();
  } catch (error) {
    return { broken: error instanceof Error ? error.message : String(error) };
  }
}

/** The command line asks for something that is not there. */
export class UsageError extends Error {}

export function isUsage(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS');
}
