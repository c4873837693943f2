use super::Client;

pub async fn call(client: &Client) {
    let reply = client.pets().list().await.expect("a reply");
    let () = reply.into_inner();
}
