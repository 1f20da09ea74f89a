/**
 * Every bound of the project with its default, in one table. Reaching one is an error with a code or a refusal
 * of the catalogue, never a crash.
 */
export const LIMITS = {
  /** Characters of the `audio` string of one `input_audio_buffer.append` (15 * 2^20). Over it: ERR33. */
  appendAudioChars: 15 * 1024 * 1024,
  /** Bytes of one WebSocket message from a client. Over it: close 1009. */
  frameBytes: 32 * 1024 * 1024,
  /** Fragments of one WebSocket message from a client: a full frame limit in pieces of 512 bytes. Over it: close 1008. */
  messageFragments: 65_536,
  /** Nesting depth of a client's JSON frame, checked before parsing. Over it: ERR36. */
  jsonDepth: 64,
  /** Bytes of a JPEG before base64 on TURBO and FLASH3. Over it: ERR32. */
  imageRawBytes: 500 * 1024,
  /** Base64 characters of a JPEG on OMNI35 and OMNI38. Over it: ERR32. */
  imageBase64Chars: 262_144,
  /** Longer and shorter side of an image in pixels, either orientation. Over it: ERR43. */
  imageLongSidePx: 1920,
  imageShortSidePx: 1080,
  /** Images waiting in one uncommitted buffer; the oldest is dropped silently beyond it. */
  pendingImages: 256,
  /** Verdicts on images remembered by hash. */
  imageVerdictCache: 256,
  /** Image elements of a JPEG that is decoded to check it; larger ones are refused before anything is allocated. */
  jpegDecodeMegapixels: 4,
  /** Memory the JPEG decoder may ask for, in units of 2^20 bytes. */
  jpegDecodeMemoryMiB: 128,
  /** Scans of one JPEG: a progressive file has about ten, a file made to burn time thousands. */
  jpegScans: 64,
  /** Sample rates that are converted. */
  sampleRateMinHz: 1_000,
  sampleRateMaxHz: 768_000,
  /** Bytes of a WAV file to import. */
  wavImportBytes: 256 * 1024 * 1024,
  /** Channels of a WAV file to import. */
  wavImportChannels: 64,
  /** Samples of spoken words remembered, by word, rate and voice. */
  speechCacheSamples: 8 * 1024 * 1024,
  /** Items of one conversation that are remembered; the oldest are forgotten beyond it. */
  conversationItems: 10_000,
  /** Responses that wait for the active one; a `response.create` beyond it is refused with ERR7. */
  queuedResponses: 16,
  /** Transcripts that wait for a response; the oldest is never sent beyond it. */
  pendingTranscriptions: 1_000,
  /** WebSocket connections open at once on one server. Over it: HTTP 503. */
  connections: 1_000,
  /** TCP connections open at once on one server, upgraded or not. Over it: dropped unanswered. */
  sockets: 4_000,
  /** Wall milliseconds of silence after which TCP asks whether the peer is still there. */
  keepAliveIdleMs: 60_000,
  /** Bytes written to a client that it has not read, at which the server stops reading from it. */
  writeHighWaterBytes: 4 * 1024 * 1024,
  /** Bytes written to a client that it has not read, at which the server reads from it again. */
  writeLowWaterBytes: 1024 * 1024,
  /** Bytes written to a client that it has not read, at which the connection is ended. */
  writeBufferBytes: 256 * 1024 * 1024,
  /** Wall milliseconds a peer may take for its HTTP upgrade request. */
  upgradeTimeoutMs: 10_000,
  /** Wall milliseconds to wait for a peer's CLOSE before the socket is dropped. */
  closeTimeoutMs: 5_000,
  /** UTF-8 bytes of a close reason (RFC 6455: 125 minus the 2-byte code). */
  closeReasonBytes: 123,
  /** Bytes of raw messages that one session's log keeps; older ones leave memory, their lines of the transcript stay. */
  sessionLogBytes: 8 * 1024 * 1024,
  /** Bytes of one session's canonical transcript, which holds no audio. Beyond it only the hash goes on. */
  transcriptBytes: 16 * 1024 * 1024,
  /** Event ids that a transcript recognises when they come again; older ones count as new. */
  rememberedEventIds: 1_024,
  /** Ended sessions that `server.sessions` still lists; the oldest are forgotten beyond it. */
  endedSessions: 100,
  /** Bytes that their logs may hold all together; the oldest are forgotten beyond it, all but the last. */
  endedSessionsBytes: 512 * 1024 * 1024,
  /** Virtual milliseconds without a response before the service closes (section 1.6). */
  idleCloseMs: 300_000,
  /** Virtual milliseconds a session may last (section 1.7). */
  sessionDurationMs: 120 * 60_000,
  /** Wall milliseconds without an append after which a `media` clock runs on at wall speed. */
  mediaGraceMs: 500,
  /** Virtual milliseconds a hold waits for its release. */
  holdPatienceMs: 300_000,
  /** Wall milliseconds a hold waits for its release, whatever the clock. */
  holdWatchdogMs: 30_000,
  /** Wall milliseconds a wait for a message or a session lasts. */
  waitMs: 5_000,
  /** Upgrade requests of which a server remembers what became of them; the oldest are forgotten beyond it. */
  upgradeRecords: 1_000,
  /** Bytes of the body of one request to the control API. Over it: HTTP 413. */
  controlBodyBytes: 1024 * 1024,
  /** Bytes of a body over its limit that are read and thrown away, so that the peer gets to read the refusal. */
  controlDiscardedBytes: 16 * 1024 * 1024,
  /** Nesting depth of a JSON body of the control API, checked before parsing. Over it: HTTP 400. */
  controlJsonDepth: 64,
  /** Wall milliseconds of the longest wait that can be asked of the control API. */
  controlWaitMs: 120_000,
  /** Log entries in one answer of the control API; the rest is read with `from`. A log that is followed has no such end. */
  controlLogEntries: 10_000,
  /** Characters of a base64 string that the control API shows of audio and images unless asked for all. */
  controlShownAudioChars: 64,
  /** Log entries in the answer to a request that changes a session: what happened at once. */
  controlHappenedEntries: 100,
  /** New log entries that a reader who follows a log may fall behind. Beyond it the reader is cut off. */
  controlFollowedEntries: 10_000,
  /** Wall milliseconds a reader of the control API may leave bytes unread that wait for it. Beyond it: cut off. */
  controlStallMs: 30_000,
  /** Wall milliseconds the control client waits for an answer, beyond what it asked the server to wait. */
  controlAnswerMs: 30_000,
  /** Characters of one line of a log that the control client follows. */
  controlLineChars: 64 * 1024 * 1024,
  /** Faults and holds that the control API adds to one session. Over it: HTTP 409. */
  controlAdditions: 1_000,
  /** Scenarios that a server holds beside those of the library when one is added while it runs. Over it: HTTP 409. */
  ownScenarios: 1_000,
  /** Virtual milliseconds of audio in one `response.audio.delta`. */
  audioChunkMs: 10_000,
  /** Wall milliseconds of the longest timer a machine can be asked for; a longer wait wakes early and waits again. */
  wallTimerMs: 2_147_483_647,
  /** Characters of a scenario file, and levels of nesting in it. */
  scenarioFileChars: 1024 * 1024,
  scenarioDepth: 32,
  /** Messages that the faults of one session keep back at the same time; one more goes its way at once. */
  withheldMessages: 1_000,
  /** Invented messages that wait for messages of the service to go between; more are not sent. */
  trickledMessages: 100_000,
  /** Characters of invented messages that one strike, and all strikes of one input, may send. Beyond it: not sent. */
  inventedChars: 128 * 1024 * 1024,
  /** Ids of earlier messages that faults can use again, for each key; older ones are forgotten. */
  rememberedIdsPerKey: 64,
  /** Messages of the client that a verbatim sequence has not waited for yet; the oldest is forgotten beyond it. */
  verbatimArrivals: 1_000,
  /** Characters of those messages; the oldest are forgotten beyond it. */
  verbatimArrivalChars: 64 * 1024 * 1024,
  /** Steps that one input may cause before the session is declared stuck. */
  stepsPerInput: 1_000_000,
  /** Characters of the arguments of a generated tool call, roughly; a schema that asks for more is cut short. */
  generatedArgumentChars: 32 * 1024,
  /** Bytes the reference client lets wait for a slow server before a send is refused. */
  clientBufferBytes: 16 * 1024 * 1024,
  /** Bytes of one WebSocket message the reference client takes from a server. Over it: close 1009. */
  clientFrameBytes: 32 * 1024 * 1024,
  /** Server events, and characters of them, that wait for one slow iterator of the reference client. */
  clientQueuedEvents: 10_000,
  clientQueuedChars: 64 * 1024 * 1024,
  /** Bytes of an HTTP refusal's body that the reference client keeps, and wall milliseconds it waits for them. */
  clientRefusalBodyBytes: 64 * 1024,
  clientRefusalBodyMs: 500,
  /** Milliseconds the reference client waits for `session.created`, counted from the start of `connect`. */
  clientConnectTimeoutMs: 10_000,
  /** Milliseconds the reference client waits for `session.finished`. */
  clientEndTimeoutMs: 20_000,
  /** Milliseconds `drained()` waits for the send buffer to empty, and between two looks at it. */
  clientDrainTimeoutMs: 60_000,
  clientDrainPollMs: 5,
  /** Wall milliseconds between two pings of the reference client; two in a row without a sign of life end the link. */
  clientPingIntervalMs: 20_000,
  /** Output items of which the reference client remembers a dangling byte of audio. */
  clientDanglingBytes: 64,
  /** Wall milliseconds the player of scenarios waits for an event that may never come. */
  playWaitMs: 2_000,
  /** Wall milliseconds the demo waits for one event of the server before it gives up. */
  demoWaitMs: 60_000,
  /** MCP servers of one session, and the characters of what describes one (section 3.1.1). Over it: ERR29. */
  mcpServers: 8,
  mcpLabelChars: 64,
  mcpUrlChars: 4_096,
  mcpAuthorizationChars: 8_192,
  mcpHeaders: 16,
  mcpHeaderNameChars: 128,
  mcpHeaderValueChars: 8_192,
  /** Wall milliseconds that an impaired connection may linger, an upgrade may wait or be left unanswered. */
  impairedConnectionMs: 120_000,
  /** Wall milliseconds of traffic that a throttled connection lets pass at once. */
  throttleSliceMs: 50,
  /** Wall milliseconds between the last byte and the RST behind it, which would overtake what was not yet read. */
  resetGraceMs: 20,
  /** The same for a reset that a proxy passes on: whoever is still writing must get to reading what came before it. */
  proxyResetGraceMs: 500,
  /** Bytes of `manifest.json` of a recording, and of one line of its `events.jsonl`. Over it: not read. */
  recordingManifestBytes: 4 * 1024 * 1024,
  recordingLineBytes: 64 * 1024 * 1024,
  /** Entries of the zip file of a recording, and bytes of the directory at its end. Over it: not read. */
  zipEntries: 100_000,
  zipDirectoryBytes: 32 * 1024 * 1024,
  /** Bytes of a zip file, packed: what its format can count. */
  zipFileBytes: 0xffff_fffe,
  /** Bytes that the parts of a zip file may inflate to, in all, and how many times their packed size beyond the first 16 MiB. */
  zipInflatedBytes: 8 * 1024 * 1024 * 1024,
  zipInflatedRatio: 250,
  /** Bytes of the parts of one zip file that are inflated into memory to be read in place; larger ones are unpacked to a folder first. */
  zipMemoryBytes: 256 * 1024 * 1024,
  /** Wall milliseconds a drift check waits for an event that the recorded server sent before the client's next message. */
  driftPatienceMs: 10_000,
  /** Milliseconds of audio by which a server may be later with its answer than the recorded one before the client waits. */
  driftAudioSlackMs: 1_000,
  /** Server events of one side of a drift check, and findings that it lists. */
  driftEvents: 200_000,
  driftFindings: 1_000,
  /** Bytes of a HAR file that is imported, and WebSockets in it. Over it: not read. */
  harFileBytes: 256 * 1024 * 1024,
  harWebSockets: 1_000,
  /** Characters of one text in the Markdown of a recording; the rest is counted. */
  markdownTextChars: 20_000,
  /** Events of one recording that are compared one by one; audio between two others counts once. Beyond it: by hash. */
  comparedEvents: 200_000,
  /** Added and removed events of one side up to which two recordings are aligned. Beyond it: compared by hash. */
  comparedEdits: 2_000,
  /** Characters of a string that a comparison keeps; a longer one counts by its length and hash. */
  comparedStringChars: 4_096,
  /** Differences that a comparison lists; the rest is counted. */
  comparedDifferences: 1_000,
  /** Milliseconds of silence that a client may send more or less than a recording, between two points that must meet. */
  replayAudioSlackMs: 500,
  /** Characters of each value in the description of a mismatch. */
  replayShownChars: 200,
  /** Wall milliseconds the server behind the recording proxy may take to answer an upgrade request. Over it: HTTP 504. */
  proxyAnswerMs: 30_000,
  /** Bytes of a refusal's body that the recording proxy passes on and keeps. Over it: HTTP 502. */
  proxyRefusalBodyBytes: 4 * 1024 * 1024,
  /** Bytes a client of the recording proxy may send before the server behind it has answered; then it is not read. */
  proxyEarlyBytes: 1024 * 1024,
  /** Recordings of which a proxy remembers what became of them; the oldest are forgotten beyond it. */
  proxyRecordings: 1_000,
  /** What a recorder keeps back because the end of a text delta may be the beginning of a secret: entries, their bytes, and milliseconds between the first and the last. Beyond it the deltas in question are withheld. */
  redactionKeptEntries: 2_000,
  redactionKeptBytes: 32 * 1024 * 1024,
  redactionKeptMs: 10_000,
  /** Streams of text deltas whose ends a recorder remembers; the oldest counts as ended beyond it. */
  redactionStreams: 64,
  /** Characters of a stream of deltas that are searched as one while its secret-like text goes on; more of it is withheld. */
  redactionStreamChars: 24 * 1024,
  /** Rules of one redaction rule file, and the characters a regular expression of one may match. */
  redactionRules: 200,
  redactionMatchChars: 1_024,
  /** Characters of one text that a recorder searches for secrets; a longer one is withheld, since the search would hold up the traffic. */
  redactionTextChars: 512 * 1024,
} as const;

/** The name of a bound. */
export type LimitName = keyof typeof LIMITS;
