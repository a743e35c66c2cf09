"""What comes from other machines: bounded downloads under one policy, and the small files of the Hugging Face Hub."""
