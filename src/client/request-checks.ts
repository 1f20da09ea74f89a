/**
 * What the client refuses to send, so that a mistake shows where it is made: values only. Rules that hang on the
 * server's state (frozen voice, empty buffer, image before audio) are left to the server. Never changes a request.
 */
import { decodeBase64, inspectJpeg } from '../media/index.js';
import {
  applySessionUpdate,
  CLIENT_EVENT_SCHEMAS,
  findModel,
  initialSettings,
  LIMITS,
  type ModelFamily,
  resolveQuirks,
  SoundstageError,
} from '../protocol/index.js';
import { SAMPLING_PARAMETERS } from './update-session.js';

/** Checks the requests of one conversation. */
export class RequestChecks {
  readonly #model: string;
  /** Undefined for a model that is not known: then only what holds for every family is checked. */
  readonly #family: ModelFamily | undefined;

  constructor(model: string) {
    this.#model = model;
    const lookup = findModel(model);
    this.#family = lookup.kind === 'omni' ? lookup.family : undefined;
  }

  /**
   * The `session` of a `session.update` (section 7).
   *
   * @throws SoundstageError `E_INVALID_SESSION` with the first field at fault in `details.param`
   */
  session(session: Readonly<Record<string, unknown>>): void {
    if (this.#family === undefined) return;
    const fixed = SAMPLING_PARAMETERS.find((name) => session[name] !== undefined);
    if (fixed !== undefined && !this.#family.capabilities.sampling) {
      throw invalid(
        'E_INVALID_SESSION',
        `${this.#model} does not allow changes to ${fixed}`,
        'leaving it out',
        {
          param: `session.${fixed}`,
        },
      );
    }
    const quirks = resolveQuirks(this.#family.id);
    const outcome = applySessionUpdate(initialSettings(this.#model, quirks), session, {
      inputStarted: false,
      audioProduced: false,
      responseActive: false,
      quirks,
    });
    if (outcome.ok) return;
    const { message, param } = outcome.refusal.error;
    throw invalid(
      'E_INVALID_SESSION',
      `the server would refuse it: ${message}`,
      'a value that section 7 of the protocol reference allows',
      {
        param: param ?? null,
        refusal: outcome.refusal,
      },
    );
  }

  /**
   * The `audio` of an append: strict base64, not empty, within `LIMITS.appendAudioChars`.
   *
   * @param isOwnEncoding the client has encoded it: there is no need to look at each character
   * @throws SoundstageError `E_INVALID_AUDIO`
   */
  audio(base64: string, isOwnEncoding: boolean): void {
    if (base64.length > LIMITS.appendAudioChars) {
      throw invalid(
        'E_INVALID_AUDIO',
        `${base64.length} base64 characters are more than the ${LIMITS.appendAudioChars} of one append`,
        'packets of 100 ms (3200 bytes)',
        { sizeChars: base64.length },
      );
    }
    if (!isOwnEncoding || base64 === '') this.#strictBase64('E_INVALID_AUDIO', base64);
  }

  /**
   * The `image` of an append: strict base64 of a whole JPEG, within the family's size and 1080p.
   *
   * @throws SoundstageError `E_INVALID_IMAGE`
   */
  image(base64: string): void {
    const bytes = this.#strictBase64('E_INVALID_IMAGE', base64);
    const jpeg = inspectJpeg(bytes);
    if (!jpeg.ok) {
      throw invalid('E_INVALID_IMAGE', `it is not a whole JPEG (${jpeg.reason})`, 'a baseline JPEG file', {
        reason: jpeg.reason,
      });
    }
    const { widthPx, heightPx } = jpeg;
    if (
      Math.max(widthPx, heightPx) > LIMITS.imageLongSidePx ||
      Math.min(widthPx, heightPx) > LIMITS.imageShortSidePx
    ) {
      throw invalid('E_INVALID_IMAGE', `${widthPx}x${heightPx} pixels are more than 1080p`, '480p or 720p', {
        widthPx,
        heightPx,
      });
    }
    this.#imageSize(bytes.length, base64.length);
  }

  /**
   * The item of a `conversation.item.create`.
   *
   * @throws SoundstageError `E_INVALID_ITEM`
   */
  item(item: unknown): void {
    const outcome = CLIENT_EVENT_SCHEMAS['conversation.item.create'].safeParse({
      type: 'conversation.item.create',
      item,
    });
    if (outcome.success) return;
    const issue = outcome.error.issues[0];
    const path = issue?.path.join('.') ?? 'item';
    throw invalid(
      'E_INVALID_ITEM',
      `${path}: ${issue?.message ?? 'malformed'}`,
      'the fields of section 3.8',
      {
        param: path,
      },
    );
  }

  /**
   * The modalities of a `response.create`.
   *
   * @throws SoundstageError `E_INVALID_RESPONSE`
   */
  modalities(modalities: readonly string[]): void {
    const wanted = new Set(modalities);
    const isKnown = modalities.every((name) => name === 'text' || name === 'audio');
    if (isKnown && wanted.has('text') && wanted.size === modalities.length) return;
    throw invalid(
      'E_INVALID_RESPONSE',
      `modalities [${modalities.join(', ')}] are not supported`,
      '[TEXT] or [TEXT, AUDIO]',
      { modalities },
    );
  }

  #imageSize(rawBytes: number, base64Chars: number): void {
    if (this.#family === undefined) return;
    const isRawLimit = resolveQuirks(this.#family.id).imageLimit === 'raw-500k';
    const size = isRawLimit ? rawBytes : base64Chars;
    const limit = isRawLimit ? LIMITS.imageRawBytes : LIMITS.imageBase64Chars;
    if (size <= limit) return;
    const unit = isRawLimit ? 'bytes' : 'base64 characters';
    throw invalid(
      'E_INVALID_IMAGE',
      `${size} ${unit} are more than the ${limit} of ${this.#model}`,
      'a lower JPEG quality',
      { rawBytes, base64Chars },
    );
  }

  #strictBase64(code: 'E_INVALID_AUDIO' | 'E_INVALID_IMAGE', base64: string): Uint8Array {
    const bytes = decodeBase64(base64);
    if (bytes !== undefined && bytes.length > 0) return bytes;
    const why =
      base64 === ''
        ? 'it is empty'
        : base64.startsWith('data:')
          ? 'it is a data: URL, not bare base64'
          : 'it is not strict base64 (RFC 4648 alphabet, padding, no whitespace)';
    throw invalid(code, why, 'passing the bytes; the client encodes them', { sizeChars: base64.length });
  }
}

function invalid(
  code: `E_INVALID_${string}`,
  why: string,
  advice: string,
  details: Record<string, unknown>,
): SoundstageError {
  return new SoundstageError(code, `Not sent: ${why}. Try ${advice}, or validate: false to send it anyway.`, {
    details,
  });
}
