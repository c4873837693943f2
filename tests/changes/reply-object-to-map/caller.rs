use super::Client;

pub async fn read(client: &Client) {
    let pets = client.pets().list().await.expect("a reply");
    let _small = pets[0].sizes.as_ref().and_then(|sizes| sizes.small);
}
