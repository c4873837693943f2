use super::Client;

pub async fn read(client: &Client) {
    let pets = client.pets().list().await.expect("a reply");
    let _value = pets[0].born.as_ref().map(|born| born.get());
}
