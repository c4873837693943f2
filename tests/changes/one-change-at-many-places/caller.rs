use super::Client;

pub async fn read(client: &Client) {
    let pets = client.pets().list().await.expect("a reply");
    let _limit: Option<i64> = pets.meta.as_ref().and_then(|meta| meta.limit);
}
