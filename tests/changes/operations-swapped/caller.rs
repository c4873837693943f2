use super::Client;

pub async fn read(client: &Client) {
    let young = client.pets().list_young().await.expect("a reply");
    let _toys: i64 = young.toys;
}
