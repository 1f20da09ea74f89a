/**
 * Compiles the Java suite with Maven against the pinned Java SDK. A second run with the same sources starts
 * Java directly and touches neither Maven nor the network.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findTool, lastLines, type MissingTool, type ReadySuite, runCommand } from './toolchain.js';

const OLDEST_JAVA = 17;
const MAIN_CLASS = 'soundstage.interop.Suite';
const MAVEN_ARGS = [
  '-q',
  '-B',
  'compile',
  'dependency:build-classpath',
  '-Dmdep.outputFile=target/classpath.txt',
];

/**
 * Prepares the SDK.
 *
 * @throws Error when Maven fails
 */
export async function prepareJavaSdk(interopFolder: string): Promise<ReadySuite | MissingTool> {
  const java = await findTool(['java'], ['-version']);
  const javac = await findTool(['javac'], ['-version']);
  if (java === undefined || javac === undefined || majorVersion(java.output) < OLDEST_JAVA)
    return { missing: `a JDK ${OLDEST_JAVA} or newer: try apt-get install openjdk-17-jdk-headless` };
  const folder = join(interopFolder, 'java');
  const classpathFile = join(folder, 'target', 'classpath.txt');
  const stampFile = join(folder, 'target', 'sources.sha256');
  const stamp = hashSources(folder, java.output);
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp || !allExist(classpathFile)) {
    const maven = await findTool(['mvn'], ['--version']);
    if (maven === undefined) return { missing: 'Maven: try apt-get install maven' };
    const { code, output } = await runCommand(maven.command, MAVEN_ARGS, folder);
    if (code !== 0)
      throw new Error(
        `mvn ${MAVEN_ARGS.join(' ')} failed in interop/java. Try it by hand; it needs the network once.\n${lastLines(output, 12)}`,
      );
    writeFileSync(stampFile, stamp);
  }
  const classpath = [join(folder, 'target', 'classes'), ...jarsOf(classpathFile)].join(delimiter);
  return { command: java.command, args: ['-cp', classpath, MAIN_CLASS] };
}

function majorVersion(output: string): number {
  return Number(/version "(\d+)/.exec(output)?.[1] ?? 0);
}

function hashSources(folder: string, javaVersion: string): string {
  const hash = createHash('sha256')
    .update(javaVersion)
    .update(readFileSync(join(folder, 'pom.xml')));
  const sources = join(folder, 'src', 'main', 'java', 'soundstage', 'interop');
  for (const name of readdirSync(sources).sort()) hash.update(name).update(readFileSync(join(sources, name)));
  return hash.digest('hex');
}

function jarsOf(classpathFile: string): readonly string[] {
  return readFileSync(classpathFile, 'utf8').trim().split(delimiter);
}

/** Whether Maven's local copies are still there: they lie outside the repository. */
function allExist(classpathFile: string): boolean {
  return existsSync(classpathFile) && jarsOf(classpathFile).every((jar) => existsSync(jar));
}
