/**
 * The speech and the picture that the demo sends. Reads files of the project; must never fetch anything.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { importWav } from '../media/index.js';
import { SoundstageError } from '../protocol/index.js';

export interface DemoMaterial {
  /** A spoken sentence, PCM16 mono at 16 kHz. */
  readonly speech: Int16Array;
  /** A JPEG. */
  readonly picture: Uint8Array;
}

/** Loads both. @throws SoundstageError `E_DEMO_MATERIAL`, `E_WAV_INVALID` */
export function loadDemoMaterial(): DemoMaterial {
  return {
    speech: importWav(readAsset('speech/question.wav')),
    picture: readAsset('images/scene.jpg'),
  };
}

/** Sources and build stand equally deep below the project's root. */
function readAsset(path: string): Uint8Array {
  try {
    return readFileSync(fileURLToPath(new URL(`../../assets/${path}`, import.meta.url)));
  } catch (cause) {
    throw new SoundstageError(
      'E_DEMO_MATERIAL',
      `Cannot run the demo: assets/${path} is missing. Try git checkout assets.`,
      { cause },
    );
  }
}
