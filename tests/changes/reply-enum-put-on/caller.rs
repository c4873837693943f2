use super::Client;

pub async fn read(client: &Client) {
    let pets = client.pets().list().await.expect("a reply");
    let _value: Option<String> = pets[0].status.clone();
}
