/**
 * Every kind of fault, one row each, in the order of the reference. Adding a kind is adding a file and a row here.
 */
import { binaryOpcode } from './binary-opcode.js';
import { brokenFrame } from './broken-frame.js';
import { close } from './close.js';
import { crossResponse } from './cross-response.js';
import { cutFrame } from './cut-frame.js';
import { delay } from './delay.js';
import { drop } from './drop.js';
import { dropUpgrade } from './drop-upgrade.js';
import { duplicate } from './duplicate.js';
import { end } from './end.js';
import { error } from './error.js';
import { fragment } from './fragment.js';
import { halfOpen } from './half-open.js';
import { ignore } from './ignore.js';
import { ignoreClose } from './ignore-close.js';
import { inject } from './inject.js';
import { interleaveControl } from './interleave-control.js';
import { invalidUtf8 } from './invalid-utf8.js';
import { joinMessages } from './join-messages.js';
import { mutate } from './mutate.js';
import { mute } from './mute.js';
import { noPong } from './no-pong.js';
import { pad } from './pad.js';
import { pass } from './pass.js';
import { pingFlood } from './ping-flood.js';
import { refuse } from './refuse.js';
import { refuseUpgrade } from './refuse-upgrade.js';
import { reorder } from './reorder.js';
import { replaceText } from './replace-text.js';
import { reset } from './reset.js';
import { reuseId } from './reuse-id.js';
import { slowUpgrade } from './slow-upgrade.js';
import { splitAudio } from './split-audio.js';
import { splitText } from './split-text.js';
import { splitUtf8 } from './split-utf8.js';
import { stopReading } from './stop-reading.js';
import { throttle } from './throttle.js';
import { truncateJson } from './truncate-json.js';

/** By layer: upgrade, connection, frame, event. */
export const FAULT_KINDS = {
  'refuse-upgrade': refuseUpgrade,
  'slow-upgrade': slowUpgrade,
  'drop-upgrade': dropUpgrade,
  close,
  end,
  reset,
  mute,
  'stop-reading': stopReading,
  'half-open': halfOpen,
  'ignore-close': ignoreClose,
  'no-pong': noPong,
  throttle,
  fragment,
  'interleave-control': interleaveControl,
  'split-utf8': splitUtf8,
  'binary-opcode': binaryOpcode,
  'invalid-utf8': invalidUtf8,
  'truncate-json': truncateJson,
  'join-messages': joinMessages,
  'replace-text': replaceText,
  pad,
  'ping-flood': pingFlood,
  'cut-frame': cutFrame,
  'broken-frame': brokenFrame,
  pass,
  drop,
  delay,
  duplicate,
  reorder,
  mutate,
  inject,
  error,
  refuse,
  ignore,
  'reuse-id': reuseId,
  'cross-response': crossResponse,
  'split-audio': splitAudio,
  'split-text': splitText,
} as const;

/** The name of a kind: what stands behind `do`. */
export type FaultKindName = keyof typeof FAULT_KINDS;
