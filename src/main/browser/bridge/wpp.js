// @ts-check
/**
 * Everything of wa-js that the bridge uses. Nothing else in it names `WPP`, so that one test can resolve each entry against the page
 * (`unresolved`), and an upgrade of wa-js breaks here or nowhere. Read late: wa-js finds the page's modules after it has loaded.
 */

const used = {
  on: () => WPP.on,
  onReady: () => WPP.loader.onReady,
  onInjected: () => WPP.loader.onInjected,
  onFullReady: () => WPP.loader.onFullReady,

  isAuthenticated: () => WPP.conn.isAuthenticated,
  getAuthCode: () => WPP.conn.getAuthCode,
  refreshQr: () => WPP.conn.refreshQR,
  linkCode: () => WPP.conn.genLinkDeviceCodeForPhoneNumber,
  logout: () => WPP.conn.logout,
  myPhone: () => WPP.conn.getMyUserWid,

  findChat: () => WPP.chat.find,
  prepareMessage: () => WPP.chat.prepareRawMessage,
  getMessages: () => WPP.chat.getMessages,
  markComposing: () => WPP.chat.markIsComposing,
  markPaused: () => WPP.chat.markIsPaused,
  sendFile: () => WPP.chat.sendFileMessage,
  react: () => WPP.chat.sendReactionToMessage,
  edit: () => WPP.chat.editMessage,
  deleteMessage: () => WPP.chat.deleteMessage,
  downloadMedia: () => WPP.chat.downloadMedia,
  getReactions: () => WPP.chat.getReactions,
  getVotes: () => WPP.chat.getVotes,
  canEdit: () => WPP.whatsapp.functions.canEditMsg,
  canEditCaption: () => WPP.whatsapp.functions.canEditCaption,
  submit: () => WPP.whatsapp.functions.addAndSendMsgToChat,
  queryExists: () => WPP.whatsapp.functions.queryWidExists,

  createGroup: () => WPP.group.create,
  addParticipants: () => WPP.group.addParticipants,
  removeParticipants: () => WPP.group.removeParticipants,
  promoteParticipants: () => WPP.group.promoteParticipants,
  demoteParticipants: () => WPP.group.demoteParticipants,
  inviteCode: () => WPP.group.getInviteCode,
  leaveGroup: () => WPP.group.leave,

  Socket: () => WPP.whatsapp.Socket,
  Stream: () => WPP.whatsapp.Stream,
  Conn: () => WPP.whatsapp.Conn,
  ChatStore: () => WPP.whatsapp.ChatStore,
  ContactStore: () => WPP.whatsapp.ContactStore,
  GroupMetadataStore: () => WPP.whatsapp.GroupMetadataStore,
  MsgStore: () => WPP.whatsapp.MsgStore,
  UserPrefs: () => WPP.whatsapp.UserPrefs,
  MsgKey: () => WPP.whatsapp.MsgKey,
  createWid: () => WPP.whatsapp.WidFactory.createWid,
  lidPnCache: () => WPP.whatsapp.lidPnCache,
};

/**
 * @template {keyof typeof used} N
 * @param {N} name
 * @returns {ReturnType<(typeof used)[N]>}
 */
export function wpp(name) {
  return /** @type {any} */ (used[name]());
}

/** The names that do not resolve on this page; empty when all is well. */
export function unresolved() {
  return Object.entries(used)
    .filter(([, get]) => {
      try {
        return get() == null;
      } catch {
        return true;
      }
    })
    .map(([name]) => name);
}
