use super::Client;

pub async fn read(client: &Client) {
    let pet = client.pets().list().await.expect("a reply");
    let _name: &str = &pet.name;
    let pet = client.pets().get("rex").await.expect("a reply");
    let _name: &str = &pet.name;
}
