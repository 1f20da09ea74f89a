/**
 * The entries of docs/reference/defects.md that no server of this protocol can bring about, and that nothing a client
 * sends can show. It must never list an entry only because a scenario for it would be laborious.
 */
export const UNEXPRESSED_DEFECTS: readonly { readonly ids: readonly string[]; readonly reason: string }[] = [
  {
    ids: ['B1', 'B2', 'B3', 'B4', 'B5', 'B6'],
    reason:
      'The service has no conversation.item.truncate: it never learns what was heard, and refuses the event as unknown whatever is in it.',
  },
  {
    ids: ['B15'],
    reason:
      'The service speaks no G.711, and a wrong duration would show only in conversation.item.truncate, which it does not have.',
  },
  {
    ids: ['B14', 'J8'],
    reason: "The cause is the client's own clock or timer, which a server neither moves nor sees.",
  },
  {
    ids: ['J3', 'J6'],
    reason:
      'The cause is what the application calls within its own callback; whatever the server sends, the callback looks the same to it.',
  },
];
