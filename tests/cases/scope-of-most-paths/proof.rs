//! What a scope asks for is what the plain form asks for.

use super::generated::Client;
use crate::server::Server;

#[test]
fn the_account_is_said_once() {
    let server = Server::answering("[]");
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let mine = client.in_account("acct_1");
    mine.chats_direct_inbox().list().send_blocking().unwrap();
    assert!(server.request().starts_with("GET /api/acct_1/chats "), "{}", server.request());
    let scoped = mine.chats_direct_inbox().delete(7);
    assert_eq!(scoped, client.chats_direct_inbox().delete("acct_1", 7));
    assert_eq!(mine.fans_ai_summary().list(), client.fans_ai_summary().list("acct_1"));
}
